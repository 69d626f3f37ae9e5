import { TokenizerJsonError } from "./json-fields.js";

/** The longest pattern of the files we know has 800 characters. */
const MAX_SOURCE_LENGTH = 4096;

/** Groups in groups and classes in classes; real patterns have two levels. */
const MAX_DEPTH = 16;

/** A choice of more ways than four, such as `+`, counts as so many others. */
const LONG = 3;

/**
 * What may be missing may come after so many choices: after two long ones every pair of lengths could be tried, at every
 * place, which takes cubic time. Real patterns have a long one and a short one there.
 */
const MOST_CHOICES = 2 * LONG - 1;

/** Of choices in front of what is never missing. */
const NONE = -Infinity;

/**
 * A regular expression of tokenizer.json, which is Oniguruma's dialect, as one of JavaScript's (flags g and v).
 *
 * @throws TokenizerJsonError for syntax that isn't translated, and for patterns that could take exponential or cubic time.
 */
export function compileRegex(source: string, path: string): RegExp {
  const translator = new Translator();
  let place = 0;
  try {
    if (source.length > MAX_SOURCE_LENGTH) throw new Error(`more than ${MAX_SOURCE_LENGTH} characters`);
    const js = source.replace(TOKEN, (token: string, index: number) => {
      place = index;
      return translator.translate(token, source[index + 1]);
    });
    translator.finish();
    return new RegExp(js, "gv"); // which finds what isn't closed
  } catch (cause) {
    throw new TokenizerJsonError(path, `at character ${place} of the regular expression: ${(cause as Error).message}`);
  }
}

/** A character by itself or escaped, or what opens a group or class, repeats, or intersects. {n,m} is written out by the engine, hence the limit. */
const TOKEN =
  /\\[pP]\{[^}]*\}|\\x\{\w+\}|\\x\w\w|\\u\w{4}|\\.|\[\^?\]|\[[:^]?|&&|\(\?(?:[:=!]|<[=!]|i[:)])|\{\d{1,3}(?:,\d{0,3})?\}|./gsu;

/** A group that isn't closed yet, or the last thing that a quantifier may follow. */
type Part = {
  readonly ignoresCase: boolean;
  /** In how many ways it may go on, from this alternative; and the most of those before. */
  choices: number;
  mostChoices: number;
  /** The most choices in front of something that may be missing. */
  choicesBefore: number;
};

class Translator {
  #ignoresCase = false;
  #classDepth = 0;
  #canBeginRange = false; // the last item of a class
  #isRepeated = false; // the last thing was a quantifier
  #last: Part = this.#part();
  readonly #groups: Part[] = [this.#part()];

  translate(token: string, next: string | undefined): string {
    if (this.#classDepth === 0) {
      if (/^[*+?{]/.test(token)) return this.#quantifier(token);
      this.finish();
    }
    if (token[0] === "[") {
      if (/[:\]]$/.test(token) || ++this.#classDepth > MAX_DEPTH) throw unsupported(token);
      this.#canBeginRange = false;
      return token;
    }
    if (this.#classDepth > 0) return this.#inClass(token, next);
    if (/^[|()]/.test(token)) return this.#structure(token);
    this.#last = this.#part(0);
    const js = ANCHORS[token] ?? setOf(token, WORD_ALONE) ?? this.#cases(token);
    return /^(?:\(|\\u\{\w+\}$)/.test(js) ? js : `[${js}]`;
  }

  #inClass(token: string, next: string | undefined): string {
    const isRange = token === "-" && this.#canBeginRange && next !== "]";
    if (isRange && this.#ignoresCase) throw unsupported("a range where case is ignored");
    const isSyntax = isRange || token === "]" || token === "&&";
    if (token === "]" && --this.#classDepth === 0) this.#last = this.#part(0);
    const set = isSyntax ? token : setOf(token, WORD);
    this.#canBeginRange = set === undefined;
    return set ?? this.#cases(token);
  }

  #quantifier(token: string): string {
    if (this.#isRepeated && token === "?") return token; // lazy
    if (this.#isRepeated || token === "{") throw unsupported(token);
    if (token !== "?" && this.#last.choices > 0) throw new Error(`"${token}" could take exponential time`);
    if (/^(?:[*?]|\{0+\D)/.test(token)) this.#last.choicesBefore = NONE;
    if (!/^\{\d+\}/.test(token)) this.#last.choices += /\?|,[0-3]\}/.test(token) ? 1 : LONG;
    this.#isRepeated = true;
    return token;
  }

  #structure(token: string): string {
    const group = this.#groups.at(-1)!;
    if (token === "|") {
      group.mostChoices = Math.max(group.mostChoices, group.choices + 1);
      group.choices = 0;
    } else if (token === "(?i)") {
      this.#ignoresCase = true; // to the end of the group
      return "";
    } else if (token === ")") {
      if (this.#groups.length === 1) return token; // nothing to close, as the engine will find
      this.#groups.pop();
      this.#ignoresCase = group.ignoresCase;
      this.#last = group;
      if (group.mostChoices > 0) group.choices = Math.max(group.choices + 1, group.mostChoices);
    } else {
      // What looks around may not match, whatever is in it.
      if (this.#groups.push(this.#part(/[=!]$/.test(token) ? 0 : NONE)) > MAX_DEPTH) throw unsupported(token);
      this.#ignoresCase ||= token === "(?i:";
      return token === "(" || token === "(?i:" ? "(?:" : token;
    }
    return token;
  }

  /** Counts what is complete: no quantifier may follow it any more. */
  finish(): void {
    const group = this.#groups.at(-1)!;
    const { choices, choicesBefore } = this.#last;
    group.choicesBefore = Math.max(group.choicesBefore, group.choices + choicesBefore);
    if (group.choicesBefore > MOST_CHOICES) throw new Error("what follows two repetitions could take cubic time");
    group.choices += choices;
    this.#last = this.#part();
    this.#isRepeated = false;
  }

  #part(choicesBefore = NONE): Part {
    return { ignoresCase: this.#ignoresCase, choices: 0, mostChoices: 0, choicesBefore };
  }

  /** Characters, each by its code, and where case is ignored with the ones that differ by that only. */
  #cases(token: string): string {
    const cases = [...charactersOf(token)].flatMap((character) => {
      const [lower, upper] = [character.toLowerCase(), character.toUpperCase()];
      if (!this.#ignoresCase || lower === upper) return [character];
      if (!/^[a-z]$/.test(lower)) throw unsupported(`${token} where case is ignored`);
      // The Kelvin sign is a k and the long s an s.
      return [lower, upper, ...(lower === "k" ? "\u212a" : lower === "s" ? "\u017f" : "")];
    });
    return cases.map((each) => `\\u{${each.codePointAt(0)!.toString(16)}}`).join("");
  }
}

const WORD = "\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}";

/** Outside of classes Oniguruma judges characters below 256 by the tables of Latin-1, where these are digits. */
const WORD_ALONE = `${WORD}²³¹¼½¾`;

/** What isn't a character nor a class. Lines end at line feeds only. */
const ANCHORS: Readonly<Record<string, string>> = {
  ".": "^\\n",
  "^": "(?<=^|\\n)",
  $: "(?=\\n|$)",
  "\\b": `(?:(?<=[${WORD_ALONE}])(?![${WORD_ALONE}])|(?<![${WORD_ALONE}])(?=[${WORD_ALONE}]))`,
};

/** The inside of the class for \s, \p{…} and their like. */
function setOf(token: string, word: string): string | undefined {
  const name = /^\\[pP]\{\^?([\w ]+)\}$/.exec(token)?.[1];
  if (name !== undefined) {
    const property = [name, `Script=${name}`].find(isProperty);
    if (property === undefined) throw unsupported(token);
    return `\\${(token[1] === "P") === (token[3] === "^") ? "p" : "P"}{${property}}`;
  }
  const sets: Record<string, string> = { s: "\\p{White_Space}", d: "\\p{Nd}", w: word };
  const letter = /^\\([sdw])$/i.exec(token)?.[1];
  if (letter === undefined) return undefined;
  return sets[letter] ?? `[^${sets[letter.toLowerCase()]}]`;
}

function isProperty(name: string): boolean {
  try {
    return new RegExp(`\\p{${name}}`, "v") instanceof RegExp;
  } catch {
    return false;
  }
}

function charactersOf(token: string): string {
  const hex = /^\\[xu]\{?([\dA-Fa-f]{2,6})\}?$/.exec(token)?.[1];
  if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
  if (token === "\\") throw unsupported(token);
  if (token[0] !== "\\") return token;
  const control = { n: "\n", r: "\r", t: "\t", f: "\f", v: "\v" }[token[1]!];
  if (control === undefined && /\w/.test(token[1]!)) throw unsupported(token);
  return control ?? token.slice(1);
}

function unsupported(what: string): Error {
  return new Error(`${what} isn't supported`);
}
