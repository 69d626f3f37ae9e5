import type { NormalizerSpec } from "../model-file/sentencepiece-model.js";
import { Normalizer } from "../normalization/normalizer.js";
import { Utf8Buffer } from "../t5/utf8.js";
import type { Turns } from "../turns.js";
import { BORDER, RARE, SPACE_MARK } from "./piece-rules.js";

/** Texts to train on, normalized: the code points of all, each ended by 0. */
export type Sentences = {
  readonly codePoints: Int32Array;
  readonly count: number;
  /** The characters that get a piece in any case, and how often they occur, the most frequent first. */
  readonly alphabet: readonly (readonly [codePoint: number, count: number])[];
};

export type SentenceOptions = {
  readonly normalizer: NormalizerSpec;
  readonly spaceAtEnd: boolean;
  /** Texts that are no part of pieces. */
  readonly specialPieces: readonly string[];
  readonly characterCoverage: number;
  readonly requiredCharacters: string;
  /** So many are held at most. */
  readonly mostCharacters: number;
};

/** Longer lines are cut, so that sums over all ways to spell one stay exact. SentencePiece leaves them out. */
const MAX_LINE_BYTES = 4192;

/** Reads, normalizes and counts; characters that the coverage leaves out become `RARE`. */
export async function readSentences(
  texts: Iterable<string> | AsyncIterable<string>,
  options: SentenceOptions,
  turns: Turns,
  onProgress: (texts: number, characters: number, lineStep: number) => void,
): Promise<Sentences> {
  const reader = new SentenceReader(options);
  let read = 0;
  const add = (text: unknown): void => {
    if (typeof text !== "string") {
      throw new TypeError(`trainUnigram: texts[${read}]: expected a string, got ${typeof text}`);
    }
    read++;
    for (const line of text.split("\n")) for (const part of cutLine(line)) reader.add(part);
  };
  const pause = async (): Promise<void> => {
    onProgress(read, reader.characterCount, reader.lineStep);
    await turns.next();
  };
  // A plain list isn't awaited text by text: that would take longer than the counting.
  if (Symbol.asyncIterator in texts) {
    for await (const text of texts) {
      add(text);
      if (turns.isOver()) await pause();
    }
  } else {
    for (const text of texts) {
      add(text);
      if (turns.isOver()) await pause();
    }
  }
  await pause();
  return reader.finish();
}

/** A line in parts that aren't too long, cut at spaces if there are any. */
function cutLine(line: string): string[] {
  const parts: string[] = [];
  let rest = line;
  // A unit has at most three bytes.
  while (rest.length * 3 > MAX_LINE_BYTES && new TextEncoder().encode(rest).length > MAX_LINE_BYTES) {
    const most = Math.floor(MAX_LINE_BYTES / 3);
    const space = rest.lastIndexOf(" ", most);
    const end = space > 0 ? space : most - (rest.codePointAt(most - 1)! > 0xffff ? 1 : 0);
    parts.push(rest.slice(0, end));
    rest = rest.slice(end);
  }
  parts.push(rest);
  return parts;
}

/**
 * Holds lines, and where they have more characters than it may hold, every second line of them; then every second of these,
 * and so on. So what is held is spread over all that was read, and the same for the same lines.
 */
class SentenceReader {
  readonly #options: SentenceOptions;
  readonly #normalizer: Normalizer;
  readonly #special: RegExp | undefined;
  readonly #utf8: Utf8Buffer = new Utf8Buffer();
  #codePoints: Int32Array = new Int32Array(1 << 16);
  #length = 0;
  #count = 0;
  #seen = 0;
  /** One line in so many is held. */
  lineStep = 1;

  constructor(options: SentenceOptions) {
    this.#options = options;
    this.#normalizer = new Normalizer(options.normalizer, { spaceAtEnd: options.spaceAtEnd });
    const special = options.specialPieces.map((piece) => piece.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&"));
    if (special.length > 0) this.#special = new RegExp(special.sort((a, b) => b.length - a.length).join("|"), "g");
  }

  get characterCount(): number {
    return this.#length - this.#count;
  }

  add(line: string): void {
    // Every second line may be empty.
    if (/^ *$/.test(line) || this.#seen++ % this.lineStep !== 0) return;
    const byteLength = this.#utf8.write(line);
    const { bytes, length } = this.#normalizer.normalize(this.#utf8.bytes, byteLength, false);
    let text = UTF8.decode(bytes.subarray(0, length));
    if (this.#special !== undefined) text = text.replace(this.#special, String.fromCharCode(BORDER));
    if (text === "") return;
    if (this.#length + text.length + 1 > this.#codePoints.length) {
      const larger = new Int32Array((this.#length + text.length + 1) * 2);
      larger.set(this.#codePoints);
      this.#codePoints = larger;
    }
    for (const character of text) {
      const code = character.codePointAt(0)!;
      if (code === 0) continue;
      this.#codePoints[this.#length++] = code;
    }
    this.#codePoints[this.#length++] = 0;
    this.#count++;
    while (this.characterCount > this.#options.mostCharacters && this.#count > 1) this.#dropEverySecond();
  }

  #dropEverySecond(): void {
    this.lineStep *= 2;
    const length = this.#length;
    this.#length = 0;
    this.#count = 0;
    for (let start = 0, isKept = true; start < length; isKept = !isKept) {
      const end = this.#codePoints.indexOf(0, start) + 1;
      if (isKept) {
        this.#codePoints.copyWithin(this.#length, start, end);
        this.#length += end - start;
        this.#count++;
      }
      start = end;
    }
  }

  finish(): Sentences {
    const codePoints = this.#codePoints.subarray(0, this.#length);
    const alphabet = chooseAlphabet(countCharacters(codePoints), this.#options);
    const kept = new Set(alphabet.map(([code]) => code)).add(BORDER).add(0);
    for (let i = 0; i < codePoints.length; i++) if (!kept.has(codePoints[i]!)) codePoints[i] = RARE;
    return { codePoints, count: this.#count, alphabet };
  }
}

const UTF8 = new TextDecoder("utf-8", { ignoreBOM: true });

function countCharacters(codePoints: Int32Array): Map<number, number> {
  const counts = new Map<number, number>();
  for (const code of codePoints) if (code !== 0) counts.set(code, (counts.get(code) ?? 0) + 1);
  return counts;
}

/** The required characters, then the most frequent ones until they cover enough of the texts; among equals the lower code point. */
function chooseAlphabet(
  counts: ReadonlyMap<number, number>,
  { characterCoverage, requiredCharacters }: SentenceOptions,
): [number, number][] {
  let total = 0;
  for (const count of counts.values()) total += count;
  const required = new Set(Array.from(requiredCharacters, (character) => character.codePointAt(0)!));
  const all = new Map([...required].map((code) => [code, 0]));
  for (const [code, count] of counts) all.set(code, count);
  const rank = (code: number): number => (required.has(code) ? 0 : 1);
  const sorted = [...all].sort(([a, countA], [b, countB]) => rank(a) - rank(b) || countB - countA || a - b);
  const alphabet: [number, number][] = [];
  let covered = 0;
  for (const [code, count] of sorted) {
    if (covered / total >= characterCoverage) break;
    covered += count;
    if (code !== BORDER && code !== RARE) alphabet.push([code, count]);
  }
  return alphabet;
}

/** Texts with how often each occurs, as UTF-8: text `i` ends at `ends[i]`, and begins where the one before ends. */
export type CountedTexts = { readonly bytes: Uint8Array; readonly ends: Int32Array; readonly counts: Float64Array };

/** The different words of the sentences, or the sentences if pieces may reach across words. */
export function countTexts(
  { codePoints }: Sentences,
  { splitByWhitespace, spaceAtEnd }: { readonly splitByWhitespace: boolean; readonly spaceAtEnd: boolean },
): CountedTexts {
  const counts = new Map<string, number>();
  let start = 0;
  const count = (end: number): void => {
    if (start < end) {
      const text = textOf(codePoints, start, end);
      counts.set(text, (counts.get(text) ?? 0) + 1);
    }
    start = end;
  };
  for (let i = 0; i < codePoints.length; i++) {
    const code = codePoints[i]!;
    if (code === 0) {
      count(i);
      start = i + 1;
    } else if (splitByWhitespace && code === SPACE_MARK) count(spaceAtEnd ? i + 1 : i);
  }
  const texts = [...counts.keys()].sort((a, b) => counts.get(b)! - counts.get(a)! || (a < b ? -1 : 1));
  const bytes = new TextEncoder().encode(texts.join(""));
  const ends = new Int32Array(texts.length);
  let end = 0;
  for (const [i, text] of texts.entries()) {
    end += byteLength(text);
    ends[i] = end;
  }
  return { bytes, ends, counts: Float64Array.from(texts, (text) => counts.get(text)!) };
}

export function textOf(codePoints: Int32Array, start: number, end: number): string {
  let text = "";
  for (let i = start; i < end; i++) text += String.fromCodePoint(codePoints[i]!);
  return text;
}

function byteLength(text: string): number {
  let length = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    // Each half of a surrogate pair is two of its four bytes.
    length += unit < 0x80 ? 1 : unit < 0x800 || (unit >= 0xd800 && unit < 0xe000) ? 2 : 3;
  }
  return length;
}
