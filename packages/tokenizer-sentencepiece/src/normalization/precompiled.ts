import { type AlignedText, type Normalizer, TextRewriter } from "@t5ts/tokenizer-bpe";
import { utf8Length } from "../t5/utf8.js";
import { hasValue, LABEL_MASK, offsetOf } from "../tries/double-array.js";
import type { Charsmap } from "./charsmap.js";
import { characterEnd, graphemeEnd, joinsNothing } from "./graphemes.js";

/**
 * The `Precompiled` normalizer of a tokenizer.json, which departs from SentencePiece on the same rules.
 *
 * It goes by what a reader sees as a character (a grapheme) instead of by the longest rule. A grapheme below six bytes
 * becomes the replacement of the shortest rule that it begins with, whatever follows: `①` with an accent becomes `1`.
 * Of a longer one, or one that no rule begins, each code point is replaced by itself.
 */
export function precompiled(charsmap: Charsmap): Normalizer {
  const rules = new RuleTable(charsmap);
  return (input) => {
    const { text } = input;
    let at = 0;
    while (at < text.length && rules.isPlain(text.charCodeAt(at))) at++;
    if (at === text.length) return input;

    const output = new Output(input);
    let kept = 0;
    // Between two plain characters there's a border, and neither changes: most of a text is passed over here.
    for (; at < text.length; at++) {
      if (rules.isPlain(text.charCodeAt(at))) continue;
      // A character may be joined to the plain one before it.
      let end = at > kept && text.charCodeAt(at) >= 0x80 ? at - 1 : at;
      output.keep(kept, end);
      do {
        const start = end;
        end = graphemeEnd(text, start, text.length);
        rewrite(output, rules, text, start, end);
      } while (end < text.length && !(rules.isPlain(text.charCodeAt(end)) && rules.isPlain(text.charCodeAt(end + 1))));
      kept = end;
      at = end - 1;
    }
    output.keep(kept, text.length);
    return output.finish();
  };
}

/**
 * The text being written. What is dropped before anything is written isn't noticed by the original: all that follows is
 * then aligned as many characters too far to the front.
 */
class Output {
  readonly #input: AlignedText;
  #rewriter: TextRewriter | undefined;
  #dropped = 0;

  constructor(input: AlignedText) {
    this.#input = input;
  }

  keep(from: number, to: number): void {
    if (from < to) this.#started().keep(from, to);
  }

  put(text: string, at: number): void {
    this.#started().put(text, at);
  }

  drop(characters: number): void {
    if (this.#rewriter === undefined) this.#dropped += characters;
  }

  finish(): AlignedText {
    return this.#started().finish();
  }

  #started(): TextRewriter {
    this.#rewriter ??= new TextRewriter(this.#dropped === 0 ? this.#input : shiftOrigins(this.#input, this.#dropped));
    return this.#rewriter;
  }
}

/** `input`, each character of it standing for what the one so many before does. */
function shiftOrigins(input: AlignedText, characters: number): AlignedText {
  const { text, origins } = input;
  if (origins === undefined) return input;
  const starts: number[] = [];
  const shifted = new Int32Array(text.length);
  for (let at = 0; at < text.length; ) {
    const end = characterEnd(text, at);
    starts.push(at);
    shifted.fill(origins[starts[Math.max(0, starts.length - 1 - characters)]!]!, at, end);
    at = end;
  }
  return { ...input, origins: shifted };
}

function rewrite(output: Output, rules: RuleTable, text: string, from: number, to: number): void {
  const first = characterEnd(text, from);
  const isOne = first === to;
  if (isOne || (to - from < 6 && utf8Length(text, from, to) < 6)) {
    const whole = isOne && rules.isKept(text.charCodeAt(from)) ? undefined : rules.of(text.slice(from, to));
    if (whole !== undefined) {
      put(output, text, from, to, whole);
      return;
    }
  }
  let kept = from;
  for (let at = from; !isOne && at < to; ) {
    const end = characterEnd(text, at);
    const replacement = rules.isKept(text.charCodeAt(at)) ? undefined : rules.of(text.slice(at, end));
    if (replacement !== undefined) {
      output.keep(kept, at);
      put(output, text, at, end, replacement);
      kept = end;
    }
    at = end;
  }
  output.keep(kept, to);
}

/** Writes characters that stand one by one for those of `text[from, to)`; what there is more stands for the last. */
function put(output: Output, text: string, from: number, to: number, replacement: string): void {
  if (replacement === "") output.drop([...text.slice(from, to)].length);
  let origin = from;
  for (const character of replacement) {
    output.put(character, origin);
    const next = characterEnd(text, origin);
    if (next < to) origin = next;
  }
}

/** What texts are replaced by: the shortest rule that a text begins with. Texts are remembered, since they're short. */
class RuleTable {
  readonly #charsmap: Charsmap;
  readonly #known: Map<string, string | undefined> = new Map();
  /** For each unit that was met, whether it's a character that no rule changes, and one that joins no other of its kind. */
  readonly #kinds: Uint8Array = new Uint8Array(1 << 16);

  constructor(charsmap: Charsmap) {
    this.#charsmap = charsmap;
  }

  /** Whether a unit is a whole character that no rule changes. */
  isKept(unit: number): boolean {
    return this.#kindOf(unit) >= KEPT;
  }

  /** Whether it besides is a grapheme by itself where one like it follows. */
  isPlain(unit: number): boolean {
    return this.#kindOf(unit) === PLAIN;
  }

  of(text: string): string | undefined {
    const known = this.#known.get(text);
    if (known !== undefined || this.#known.has(text)) return known;
    const replacement = this.#find(text);
    if (this.#known.size === MAX_KNOWN) this.#known.clear();
    this.#known.set(text, replacement);
    return replacement;
  }

  #kindOf(unit: number): number {
    const known = this.#kinds[unit]!;
    if (known !== UNSEEN) return known;
    const isSurrogate = unit >= 0xd800 && unit < 0xe000;
    const isKept = !isSurrogate && this.#find(String.fromCharCode(unit)) === undefined;
    const kind = isKept ? (joinsNothing(unit) ? PLAIN : KEPT) : CHANGED;
    this.#kinds[unit] = kind;
    return kind;
  }

  #find(text: string): string | undefined {
    const { trie, replacements } = this.#charsmap;
    let place = 0;
    let unit = trie[0]!;
    for (const byte of UTF8_ENCODER.encode(text)) {
      place ^= offsetOf(unit) ^ byte;
      unit = trie[place]!;
      if ((unit & LABEL_MASK) !== byte) return undefined;
      if (!hasValue(unit)) continue;
      const start = trie[place ^ offsetOf(unit)]! & 0x7fffffff;
      return UTF8.decode(replacements.subarray(start, replacements.indexOf(0, start)));
    }
    return undefined;
  }
}

const UNSEEN = 0;
const CHANGED = 1;
const KEPT = 2;
const PLAIN = 3;

const MAX_KNOWN = 1 << 14;

const UTF8 = new TextDecoder("utf-8", { ignoreBOM: true });
const UTF8_ENCODER = new TextEncoder();
