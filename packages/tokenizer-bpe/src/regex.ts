import { TokenizerJsonError } from "./json-fields.js";

/** The longest pattern of the files we know has 800 characters. */
const MAX_SOURCE_LENGTH = 4096;

/** Groups in groups and classes in classes; real patterns have two levels. */
const MAX_DEPTH = 16;

/** Repetitions without a bound in one alternative: each may multiply the time by the text's length. Real patterns have two. */
const MAX_LOOPS = 3;

/** The engine writes {n,m} out. */
const MAX_REPEAT = 1000;

/**
 * A regular expression of tokenizer.json, which is Oniguruma's dialect, as one of JavaScript's (flags g and v).
 *
 * @throws TokenizerJsonError for syntax that isn't translated, and for patterns that could take exponential time.
 */
export function compileRegex(source: string, path: string): RegExp {
  const translation = new Translation();
  let place = 0;
  try {
    if (source.length > MAX_SOURCE_LENGTH) throw new Error(`more than ${MAX_SOURCE_LENGTH} characters`);
    for (const { 0: token, index } of source.matchAll(TOKEN)) {
      place = index;
      translation.add(token, source[index + token.length]);
    }
    place = source.length;
    return new RegExp(translation.finish(), "gv");
  } catch (cause) {
    throw new TokenizerJsonError(
      path,
      `the regular expression isn't one to be used here: ${(cause as Error).message} (at character ${place})`,
    );
  }
}

const TOKEN =
  /\\[pP]\{[^}]*\}|\\x\{[\dA-Fa-f]+\}|\\x[\dA-Fa-f]{2}|\\u[\dA-Fa-f]{4}|\\.|\[[:^]?|&&|\(\?(?:[:=!>]|<[=!]|i[:)])|[*+?][+?]|\{(?:\d+,?\d*|,\d+)\}\??|./gsu;

/** A group that isn't closed yet; the whole pattern is one. */
type Group = {
  readonly start: number;
  readonly close: string;
  /** What held before the group. */
  readonly ignoresCase: boolean;
  /** Repetitions without a bound in this alternative, and the most in one of those before. */
  loops: number;
  mostLoops: number;
  /** Whether it matches in one way only; repeating another could take exponential time. */
  isFixed: boolean;
};

/** What a quantifier may follow: where it begins in the translation, and the same two facts about it. */
type Atom = { readonly start: number; readonly loops: number; readonly isFixed: boolean };

class Translation {
  #js = "";
  #atom: Atom | undefined;
  #ignoresCase = false;
  #captures = 0;
  #classDepth = 0;
  #isRangeStart = false; // the last item of a class may begin a range
  readonly #groups: Group[] = [{ start: 0, close: "", ignoresCase: false, loops: 0, mostLoops: 0, isFixed: true }];

  /** `next`: the character after the token. */
  add(token: string, next: string | undefined): void {
    if (this.#classDepth > 0) this.#addToClass(token, next);
    else if (/^[*+?]|^\{.+\}/.test(token)) this.#repeat(token);
    else if (token[0] === "(") this.#open(token);
    else if (token === ")") this.#close();
    else if (token === "|") this.#endAlternative();
    else {
      const start = this.#js.length;
      if (token[0] === "[") this.#openClass(token);
      else this.#js += ANCHORS[token] ?? this.#item(token);
      this.#atom = { start, loops: 0, isFixed: true };
    }
  }

  finish(): string {
    if (this.#groups.length > 1 || this.#classDepth > 0) throw new Error("something isn't closed");
    return this.#js;
  }

  #addToClass(token: string, next: string | undefined): void {
    const isRange = token === "-" && this.#isRangeStart && next !== "]";
    this.#isRangeStart = false;
    if (token[0] === "[") this.#openClass(token);
    else if (token === "]") {
      if (/\[\^?$/.test(this.#js)) throw new Error("a class with nothing in it");
      this.#js += token;
      this.#classDepth--;
    } else if (token === "&&") this.#js += token;
    else if (isRange) {
      if (this.#ignoresCase) throw new Error("a range where case is ignored isn't supported");
      this.#js += token;
    } else {
      const set = setOf(token, WORD);
      this.#js += set ?? this.#cases(token).join("");
      this.#isRangeStart = set === undefined;
    }
  }

  #openClass(token: string): void {
    if (token === "[:" || ++this.#classDepth > MAX_DEPTH) throw new Error(`"${token}" isn't supported`);
    this.#js += token;
  }

  #item(token: string): string {
    const set = setOf(token, WORD_ALONE);
    if (set !== undefined) return `[${set}]`;
    const cases = this.#cases(token);
    return cases.length === 1 ? cases[0]! : `[${cases.join("")}]`;
  }

  #cases(token: string): string[] {
    const character = characterOf(token);
    const cases = this.#ignoresCase ? casesOf(character) : [character];
    return cases.map((each) => `\\u{${each.codePointAt(0)!.toString(16)}}`);
  }

  #repeat(token: string): void {
    const [low, high] = boundsOf(token);
    const { start, loops, isFixed } = this.#atom ?? { start: 0, loops: 1, isFixed: false };
    if (low > MAX_REPEAT || (high > MAX_REPEAT && high < INFINITE))
      throw new Error(`more than ${MAX_REPEAT} repetitions`);
    if (high > 1 && (loops > 0 || !isFixed)) throw new Error(`"${token}" could take exponential time`);
    this.#js += `{${low},${high === INFINITE ? "" : high}}`;
    // What a lookahead has matched isn't given up again: that makes the possessive quantifier JavaScript lacks.
    if (token[1] === "+") this.#js = `${this.#js.slice(0, start)}${this.#keep(this.#js.slice(start))}`;
    else if (token.length > 1 && token.endsWith("?")) this.#js += "?";
    const group = this.#groups.at(-1)!;
    group.isFixed &&= low === high;
    if (high === INFINITE) this.#countLoops(group, 1);
    this.#atom = undefined;
  }

  #open(token: string): void {
    if (this.#groups.length > MAX_DEPTH) throw new Error(`groups nested more than ${MAX_DEPTH} deep`);
    if (token === "(?i)") {
      this.#ignoresCase = true; // to the end of the group
      return;
    }
    const [opening, close = ")"] =
      token === "(?>" ? this.#keep("\0").split("\0") : [/^\($|i:$/.test(token) ? "(?:" : token];
    this.#groups.push({
      start: this.#js.length,
      close,
      ignoresCase: this.#ignoresCase,
      loops: 0,
      mostLoops: 0,
      isFixed: true,
    });
    this.#js += opening;
    this.#ignoresCase ||= token === "(?i:";
    this.#atom = undefined;
  }

  #close(): void {
    const group = this.#groups.pop()!;
    const outer = this.#groups.at(-1);
    if (outer === undefined) throw new Error("a closing parenthesis without an opening one");
    this.#js += group.close;
    this.#ignoresCase = group.ignoresCase;
    const loops = Math.max(group.loops, group.mostLoops);
    this.#countLoops(outer, loops);
    outer.isFixed &&= group.isFixed;
    this.#atom = { start: group.start, loops, isFixed: group.isFixed };
  }

  #endAlternative(): void {
    const group = this.#groups.at(-1)!;
    this.#js += "|";
    group.mostLoops = Math.max(group.mostLoops, group.loops);
    group.loops = 0;
    group.isFixed = false;
    this.#atom = undefined;
  }

  #countLoops(group: Group, loops: number): void {
    group.loops += loops;
    if (group.loops > MAX_LOOPS)
      throw new Error(`more than ${MAX_LOOPS} repetitions without a bound in one alternative`);
  }

  #keep(js: string): string {
    const name = `_${++this.#captures}`;
    return `(?=(?<${name}>${js}))\\k<${name}>`;
  }
}

const INFINITE = Number.POSITIVE_INFINITY;

const WORD = "\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}";

/** Outside of classes Oniguruma judges characters below 256 by the tables of Latin-1, where these are digits. */
const WORD_ALONE = `${WORD}²³¹¼½¾`;

/** What isn't a character nor a class. Lines end at line feeds only. */
const ANCHORS: Readonly<Record<string, string>> = {
  ".": "[^\\n]",
  "^": "(?<=^|\\n)",
  $: "(?=\\n|$)",
  "\\b": `(?:(?<=[${WORD_ALONE}])(?![${WORD_ALONE}])|(?<![${WORD_ALONE}])(?=[${WORD_ALONE}]))`,
};

/** The inside of the class for \s, \p{…} and their like. */
function setOf(token: string, word: string): string | undefined {
  const name = /^\\[pP]\{\^?([\w ]+)\}$/.exec(token)?.[1];
  if (name !== undefined) {
    const property = [name, `Script=${name}`].find(isProperty);
    if (property === undefined) throw new Error(`the property "${name}" isn't known`);
    return `\\${(token[1] === "P") === (token[3] === "^") ? "p" : "P"}{${property}}`;
  }
  const sets = { s: "\\p{White_Space}", S: "\\P{White_Space}", d: "\\p{Nd}", D: "\\P{Nd}", w: word, W: `[^${word}]` };
  return token.length === 2 && token[0] === "\\" && Object.hasOwn(sets, token[1]!) ? sets[token[1] as "s"] : undefined;
}

function isProperty(name: string): boolean {
  try {
    return new RegExp(`\\p{${name}}`, "v") instanceof RegExp;
  } catch {
    return false;
  }
}

function characterOf(token: string): string {
  const hex = /^\\[xu]\{?([\dA-Fa-f]{2,6})\}?$/.exec(token)?.[1];
  if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
  if (token[0] !== "\\" || token === "\\") return token;
  const control = { n: "\n", r: "\r", t: "\t", f: "\f", v: "\v" }[token[1]!];
  if (control === undefined && /\w/.test(token[1]!)) throw new Error(`"${token}" isn't supported`);
  return control ?? token.slice(1);
}

/** The characters that are the same where case is ignored: for k and s also the Kelvin sign and the long s. */
function casesOf(character: string): string[] {
  const lower = character.toLowerCase();
  const upper = character.toUpperCase();
  if (lower === upper) return [character];
  if (!/^[a-z]$/.test(lower)) throw new Error(`"${character}" where case is ignored isn't supported`);
  return [lower, upper, ...(lower === "k" ? "\u212a" : lower === "s" ? "\u017f" : "")];
}

function boundsOf(quantifier: string): [number, number] {
  if (quantifier[0] !== "{") return [quantifier[0] === "+" ? 1 : 0, quantifier[0] === "?" ? 1 : INFINITE];
  const [low, high] = quantifier.slice(1, quantifier.indexOf("}")).split(",") as [string, string?];
  return [Number(low), high === undefined ? Number(low) : high === "" ? INFINITE : Number(high)];
}
