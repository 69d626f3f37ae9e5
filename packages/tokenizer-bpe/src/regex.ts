import { TokenizerJsonError } from "./json-fields.js";

/** The longest pattern of the files we know has 800 characters. */
const MAX_SOURCE_LENGTH = 4096;

/** Groups in groups and classes in classes; real patterns have two levels. */
const MAX_DEPTH = 16;

/** Repetitions of ten times or more in one alternative: each may multiply the time by the text's length. Real patterns have two. */
const MAX_LOOPS = 2;

/**
 * A regular expression of tokenizer.json, which is Oniguruma's dialect, as one of JavaScript's (flags g and v).
 *
 * @throws TokenizerJsonError for syntax that isn't translated, and for patterns that could take exponential time.
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
  /** Long repetitions in this alternative, and the most in one of those before. */
  loops: number;
  mostLoops: number;
  /** Whether it matches in one way only; repeating another could take exponential time. */
  isFixed: boolean;
};

class Translator {
  #ignoresCase = false;
  #classDepth = 0;
  #canBeginRange = false; // the last item of a class
  #isRepeated = false; // the last thing was a quantifier
  #last: Part = this.#part();
  readonly #groups: Part[] = [this.#part()];

  translate(token: string, next: string | undefined): string {
    if (token[0] === "[") {
      if (/[:\]]$/.test(token) || ++this.#classDepth > MAX_DEPTH) throw unsupported(token);
      this.#canBeginRange = false;
      this.#isRepeated = false;
      return token;
    }
    if (this.#classDepth > 0) return this.#inClass(token, next);
    if (/^[*+?{]/.test(token)) return this.#quantifier(token);
    this.#isRepeated = false;
    if (/^[|()]/.test(token)) return this.#structure(token);
    this.#last = this.#part();
    const js = ANCHORS[token] ?? setOf(token, WORD_ALONE) ?? this.#cases(token);
    return /^(?:\(|\\u\{\w+\}$)/.test(js) ? js : `[${js}]`;
  }

  #inClass(token: string, next: string | undefined): string {
    const isRange = token === "-" && this.#canBeginRange && next !== "]";
    if (isRange && this.#ignoresCase) throw unsupported("a range where case is ignored");
    const isSyntax = isRange || token === "]" || token === "&&";
    if (token === "]" && --this.#classDepth === 0) this.#last = this.#part();
    const set = isSyntax ? token : setOf(token, WORD);
    this.#canBeginRange = set === undefined;
    return set ?? this.#cases(token);
  }

  #quantifier(token: string): string {
    const group = this.#groups.at(-1)!;
    if (this.#isRepeated && token === "?") return token; // lazy
    if (this.#isRepeated || token === "{") throw unsupported(token);
    if (token !== "?" && (this.#last.loops > 0 || !this.#last.isFixed)) {
      throw new Error(`"${token}" could take exponential time`);
    }
    this.#addLoops(group, /^[*+]|,(?:\d\d+)?\}/.test(token) ? 1 : 0);
    group.isFixed &&= /^\{\d+\}/.test(token);
    this.#isRepeated = true;
    return token;
  }

  #structure(token: string): string {
    const group = this.#groups.at(-1)!;
    if (token === "|") {
      group.mostLoops = Math.max(group.mostLoops, group.loops);
      group.loops = 0;
      group.isFixed = false;
    } else if (token === "(?i)") {
      this.#ignoresCase = true; // to the end of the group
      return "";
    } else if (token === ")") {
      const outer = this.#groups.at(-2);
      if (outer === undefined) return token; // nothing to close, as the engine will find
      this.#groups.pop();
      this.#addLoops(outer, Math.max(group.loops, group.mostLoops));
      outer.isFixed &&= group.isFixed;
      this.#ignoresCase = group.ignoresCase;
      this.#last = { ...group, loops: Math.max(group.loops, group.mostLoops) };
    } else {
      if (this.#groups.push(this.#part()) > MAX_DEPTH) throw unsupported(token);
      this.#ignoresCase ||= token === "(?i:";
      return token === "(" || token === "(?i:" ? "(?:" : token;
    }
    return token;
  }

  #addLoops(group: Part, loops: number): void {
    group.loops += loops;
    if (group.loops > MAX_LOOPS) throw new Error(`more than ${MAX_LOOPS} long repetitions in one alternative`);
  }

  #part(): Part {
    return { ignoresCase: this.#ignoresCase, loops: 0, mostLoops: 0, isFixed: true };
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
