import { checkInteger, JsonFields, TokenizerJsonError } from "./json-fields.js";
import { isSpace } from "./normalizers/strip.js";

/** A token that is found in the text before the model sees it. */
export type AddedToken = {
  readonly id: number;
  readonly content: string;
  /** Found only where no letter, digit or mark is beside it. */
  readonly singleWord: boolean;
  /** Takes the spaces before it, or after it, along. */
  readonly lstrip: boolean;
  readonly rstrip: boolean;
  /** Looked for, normalized, in the normalized text; otherwise as it is in the text as it is. */
  readonly normalized: boolean;
  /** Left out when decoding is told to skip special tokens. */
  readonly special: boolean;
};

/** A part of a text: an added token, or what lies between (id -1). */
export type TextPart = { readonly start: number; readonly end: number; readonly id: number };

/** Real files have up to 6,400. */
const MAX_ADDED_TOKENS = 1 << 17;

export function parseAddedTokens(fields: JsonFields, maxId: number): AddedToken[] {
  if (fields.get("added_tokens") == null) return [];
  return fields.list("added_tokens", MAX_ADDED_TOKENS).map((json, index) => {
    const token = new JsonFields(json, `${fields.at("added_tokens")}[${index}]`);
    const special = token.boolean("special", false);
    const content = token.string("content");
    if (content === "") throw new TokenizerJsonError(token.at("content"), "expected a text that isn't empty");
    return {
      id: checkInteger(token.get("id"), token.at("id"), maxId),
      content,
      singleWord: token.boolean("single_word", false),
      lstrip: token.boolean("lstrip", false),
      rstrip: token.boolean("rstrip", false),
      normalized: token.boolean("normalized", !special),
      special,
    };
  });
}

/** Finds added tokens in texts: the leftmost first, the longest of those that begin at the same place. */
export class AddedTokenFinder {
  readonly #tokens: Map<string, AddedToken> = new Map();
  /** The lengths of the tokens that begin with a unit, the longest first. */
  readonly #lengths: Map<string, number[]> = new Map();
  readonly #firstUnits: RegExp;

  /** `normalize`: what of a token's content is looked for; of two tokens with the same the first is found. */
  constructor(tokens: readonly AddedToken[], normalize: (content: string) => string) {
    for (const token of [...tokens].reverse()) this.#tokens.set(normalize(token.content), token);
    this.#tokens.delete("");
    for (const content of [...this.#tokens.keys()].sort((a, b) => b.length - a.length)) {
      const known = this.#lengths.get(content[0]!) ?? [];
      if (known.at(-1) !== content.length) this.#lengths.set(content[0]!, [...known, content.length]);
    }
    const units = [...this.#lengths.keys()].join("").replace(/[\]\\^-]/g, "\\$&");
    this.#firstUnits = new RegExp(`[${units}]`, "g");
  }

  /** The parts of a text, in order and without gaps. */
  *cut(text: string): Generator<TextPart> {
    let at = 0;
    for (let found = this.#find(text, 0); found !== undefined; found = this.#find(text, found.end)) {
      const { id, singleWord, lstrip, rstrip } = found.token;
      let { start, end } = found;
      if (
        singleWord &&
        (isWord([...text.slice(Math.max(start - 2, 0), start)].at(-1)) || isWord([...text.slice(end, end + 2)][0]))
      )
        continue;
      if (lstrip) while (start > at && isSpace(text, start - 1)) start--;
      if (rstrip) for (end = Math.max(end, at); end < text.length && isSpace(text, end); ) end++;
      if (at < start) yield { start: at, end: start, id: -1 };
      yield { start, end, id };
      at = end;
    }
    if (at < text.length) yield { start: at, end: text.length, id: -1 };
  }

  #find(text: string, from: number): { token: AddedToken; start: number; end: number } | undefined {
    // The engine finds a unit of a class much faster than one of hundreds of alternatives.
    this.#firstUnits.lastIndex = from;
    for (let match = this.#firstUnits.exec(text); match !== null; match = this.#firstUnits.exec(text)) {
      const start = match.index;
      for (const length of this.#lengths.get(match[0])!) {
        const content = text.slice(start, start + length);
        const token = this.#tokens.get(content);
        if (token !== undefined) return { token, start, end: start + content.length };
      }
    }
    return undefined;
  }
}

function isWord(character = ""): boolean {
  return /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]/u.test(character);
}
