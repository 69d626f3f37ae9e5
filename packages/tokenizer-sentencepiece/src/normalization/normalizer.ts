import { ModelFileError } from "../model-file/model-file-error.js";
import type { NormalizerSpec } from "../model-file/sentencepiece-model.js";
import { characterLength } from "../t5/utf8.js";
import { buildDoubleArray, keysOf } from "../tries/build-double-array.js";
import { type DoubleArray, longestKey } from "../tries/double-array.js";
import { type Charsmap, IDENTITY, longestRule, parseCharsmap, RULE_LENGTH } from "./charsmap.js";

/** A text in UTF-8, normalized. */
export type NormalizedText = {
  readonly bytes: Uint8Array;
  readonly length: number;
  /** For each byte and for the end, the byte of the text as it was that it comes from; empty if that wasn't asked for. */
  readonly origins: Int32Array;
};

export type NormalizerOptions = {
  /** Texts that are taken over as they are. */
  readonly verbatim?: readonly string[];
  /** Whether the mark of a space goes to the end of a word; SentencePiece's `treat_whitespace_as_suffix`. */
  readonly spaceAtEnd?: boolean;
  /** The field that the rules stand in, for errors. */
  readonly path?: string;
};

const PATH = "normalizer_spec";

/**
 * SentencePiece's normalization: replaces the longest prefix that has a rule, again and again; spaces become `▁`.
 *
 * Works on the bytes of UTF-8, as the rules do.
 */
export class Normalizer {
  readonly #charsmap: Charsmap;
  readonly #verbatim: DoubleArray | undefined;
  readonly #addsSpace: boolean;
  readonly #removesSpaces: boolean;
  readonly #space: Uint8Array;
  readonly #spaceAtEnd: boolean;
  /** What is done with a byte that an ASCII byte follows: take it over, or write a space, or look closer. */
  readonly #quick: Uint8Array;
  #bytes: Uint8Array = new Uint8Array(1024);
  #origins: Int32Array = new Int32Array(0);

  constructor(spec: NormalizerSpec, { verbatim = [], spaceAtEnd = false, path = PATH }: NormalizerOptions = {}) {
    const {
      precompiledCharsmap,
      addDummyPrefix = true,
      removeExtraWhitespaces = true,
      escapeWhitespaces = true,
    } = spec;
    this.#charsmap =
      precompiledCharsmap === undefined
        ? IDENTITY
        : parseCharsmap(precompiledCharsmap, (what) => new ModelFileError(`${path}.precompiled_charsmap`, what));
    this.#addsSpace = addDummyPrefix;
    this.#removesSpaces = removeExtraWhitespaces;
    this.#space = new TextEncoder().encode(escapeWhitespaces ? "▁" : " ");
    this.#spaceAtEnd = spaceAtEnd;
    this.#quick = this.#charsmap.isPlain.slice(); // 1 is TAKE_OVER
    if (this.#quick[SPACE] === TAKE_OVER) this.#quick[SPACE] = WRITE_SPACE;
    if (verbatim.length > 0) {
      const keys = keysOf(verbatim);
      this.#verbatim = buildDoubleArray(keys, new Uint8Array(verbatim.length));
      for (let i = 0; i < keys.length; i++) if (i === 0 || keys[i - 1] === 0) this.#quick[keys[i]!] = LOOK_CLOSER;
    }
  }

  /** Normalizes `input[0, end)`. The result is good until the next call. */
  normalize(input: Uint8Array, end: number, withOrigins: boolean): NormalizedText {
    const space = this.#space;
    const removesSpaces = this.#removesSpaces;
    const quick = this.#quick;
    let bytes = this.#roomFor(end * 3 + 8, withOrigins);
    let origins = this.#origins;
    let length = 0;
    let at = removesSpaces ? this.#spacesBefore(input, end) : 0;
    if (at === end) return { bytes, length, origins };

    const putSpace = (): void => {
      for (let i = 0; i < space.length; i++) {
        if (withOrigins) origins[length] = at;
        bytes[length++] = space[i]!;
      }
    };
    if (this.#addsSpace && !this.#spaceAtEnd) putSpace();
    let isAfterSpace = removesSpaces;
    while (at < end) {
      const action = quick[input[at]!]!;
      if (action !== LOOK_CLOSER && (at + 1 === end || input[at + 1]! < 0x80)) {
        if (action === TAKE_OVER) {
          if (withOrigins) origins[length] = at;
          bytes[length++] = input[at]!;
          isAfterSpace = false;
        } else if (!isAfterSpace) {
          putSpace();
          isAfterSpace = removesSpaces;
        }
        at++;
        continue;
      }
      const step = this.#step(input, at, end);
      const { source } = step;
      let from = step.start;
      if (isAfterSpace) while (from < step.end && source[from] === SPACE) from++;
      if (from < step.end) {
        const most = length + (step.end - from + end - at) * 3 + 8;
        if (most > bytes.length) {
          bytes = this.#roomFor(most, withOrigins);
          origins = this.#origins;
        }
        for (let i = from; i < step.end; i++) {
          if (source[i] === SPACE) putSpace();
          else {
            if (withOrigins) origins[length] = at;
            bytes[length++] = source[i]!;
          }
        }
        isAfterSpace = removesSpaces && source[step.end - 1] === SPACE;
      }
      at += step.length;
    }
    if (removesSpaces) {
      while (endsWith(bytes, length, space)) {
        length -= space.length;
        if (withOrigins) at = origins[length]!;
      }
    }
    if (this.#addsSpace && this.#spaceAtEnd) putSpace();
    if (withOrigins) origins[length] = at;
    return { bytes, length, origins };
  }

  /** How many bytes at the start are normalized to single spaces. */
  #spacesBefore(input: Uint8Array, end: number): number {
    let at = 0;
    while (at < end) {
      const { source, start, end: stop, length } = this.#step(input, at, end);
      if (stop - start !== 1 || source[start] !== SPACE) break;
      at += length;
    }
    return at;
  }

  /** What is written for the next bytes of the input, and how many those are. */
  #step(input: Uint8Array, at: number, end: number): Step {
    const kept = this.#verbatim === undefined ? 0 : longestKey(this.#verbatim, input, at, end);
    if (kept > 0) return { source: input, start: at, end: at + kept, length: kept };
    const rule = longestRule(this.#charsmap, input, at, end);
    if (rule < 0) {
      const length = Math.min(characterLength(input[at]!), end - at);
      return { source: input, start: at, end: at + length, length };
    }
    const { replacements } = this.#charsmap;
    const start = rule % RULE_LENGTH;
    let stop = start;
    while (replacements[stop] !== 0) stop++;
    return { source: replacements, start, end: stop, length: Math.floor(rule / RULE_LENGTH) };
  }

  #roomFor(length: number, withOrigins: boolean): Uint8Array {
    if (this.#bytes.length < length) {
      const larger = new Uint8Array(length * 2);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    if (withOrigins && this.#origins.length <= length) {
      const larger = new Int32Array(length * 2);
      larger.set(this.#origins);
      this.#origins = larger;
    }
    return this.#bytes;
  }
}

type Step = { readonly source: Uint8Array; readonly start: number; readonly end: number; readonly length: number };

const SPACE = 0x20;

const LOOK_CLOSER = 0;
const TAKE_OVER = 1;
const WRITE_SPACE = 2;

function endsWith(bytes: Uint8Array, length: number, space: Uint8Array): boolean {
  if (length < space.length) return false;
  for (let i = 1; i <= space.length; i++) if (bytes[length - i] !== space[space.length - i]) return false;
  return true;
}
