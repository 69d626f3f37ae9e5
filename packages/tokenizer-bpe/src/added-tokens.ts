import { checkInteger, JsonFields, TokenizerJsonError } from "./json-fields.js";

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
  readonly #tokens: ReadonlyMap<string, AddedToken>;
  readonly #regex: RegExp | undefined;

  /** `tokens`: by what is looked for. */
  constructor(tokens: ReadonlyMap<string, AddedToken>) {
    this.#tokens = tokens;
    const contents = [...tokens.keys()].filter((content) => content !== "").sort((a, b) => b.length - a.length);
    if (contents.length > 0) this.#regex = new RegExp(contents.map(escapeRegex).join("|"), "g");
  }

  /** The parts of a text, in order and without gaps. */
  cut(text: string): TextPart[] {
    const whole = { start: 0, end: text.length, id: -1 };
    const regex = this.#regex;
    if (regex === undefined) return [whole];
    regex.lastIndex = 0;
    let match = regex.exec(text);
    if (match === null) return [whole];
    const parts: TextPart[] = [];
    let at = 0;
    for (; match !== null; match = regex.exec(text)) {
      const token = this.#tokens.get(match[0])!;
      let start = match.index;
      let end = start + match[0].length;
      if (token.singleWord && (isWordBefore(text, start) || isWordAfter(text, end))) continue;
      if (token.lstrip) while (start > at && SPACE.test(text[start - 1]!)) start--;
      if (token.rstrip) while (end < text.length && SPACE.test(text[end]!)) end++;
      if (at < start) parts.push({ start: at, end: start, id: -1 });
      parts.push({ start, end, id: token.id });
      at = end;
    }
    if (at < text.length) parts.push({ start: at, end: text.length, id: -1 });
    return parts;
  }
}

const SPACE = /\p{White_Space}/u;
const WORD = "[\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\p{Join_Control}]";
const WORD_AT_START = new RegExp(`^${WORD}`, "u");
const WORD_AT_END = new RegExp(`${WORD}$`, "u");

function isWordBefore(text: string, index: number): boolean {
  return WORD_AT_END.test(text.slice(Math.max(index - 2, 0), index));
}

function isWordAfter(text: string, index: number): boolean {
  return WORD_AT_START.test(text.slice(index, index + 2));
}

function escapeRegex(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}
