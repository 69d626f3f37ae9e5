import { type Encoding, joinEncodings, sliceEncoding } from "./encoding.js";
import type { DetailedEncodeOptions } from "./tokenizer.js";

/** An encoding, and what truncation cut off of its texts, encoded in the same way. */
export type BatchEncoding = Encoding & { readonly overflowing: Encoding[] };

export type BatchOptions = Omit<DetailedEncodeOptions, "pair"> & {
  readonly truncation?: Truncation | undefined;
  readonly padding?: Padding | undefined;
};

export type Truncation = {
  /** The most ids, marks included. */
  readonly maxLength: number;
  /** How many ids of one part are repeated in the next; none by default. */
  readonly stride?: number | undefined;
  /** The end that is cut off; right by default. */
  readonly side?: "left" | "right" | undefined;
  /** Which text of a pair is cut: the longer one (the default), then both; or only one of them. */
  readonly strategy?: "longest-first" | "only-first" | "only-second" | undefined;
};

export type Padding = {
  /** The length to pad to: that of the longest encoding by default. */
  readonly length?: number | undefined;
  /** Rounds the length up to a multiple. */
  readonly multipleOf?: number | undefined;
  /** The end that is padded; right by default. */
  readonly side?: "left" | "right" | undefined;
};

/** The parts of one or two texts that go together with so few marks: what is kept first, then what is cut off. */
export function truncate(
  texts: readonly Encoding[],
  markCount: number,
  truncation: Truncation | undefined,
): Encoding[][] {
  if (truncation === undefined) return [[...texts]];
  const { maxLength, stride = 0, side = "right" } = truncation;
  const room = maxLength - markCount;
  const lengths = texts.map((text) => text.ids.length);
  if (lengths.reduce((sum, length) => sum + length, 0) <= room) return [[...texts]];
  const limits = shareRoom(lengths, room, truncation.strategy);
  const [first, second] = texts.map((text, index) => {
    const limit = limits[index]!;
    if (limit >= text.ids.length) return [text];
    if (!(stride >= 0 && stride < limit)) {
      throw new RangeError(
        `encodeBatch: truncation: expected a stride from 0 and below the ${limit} ids left for a text, got ${stride}`,
      );
    }
    return windows(text.ids.length, limit, stride, side).map(([start, end]) => sliceEncoding(text, start, end));
  }) as [Encoding[], Encoding[]?];
  if (second === undefined) return first.map((part) => [part]);
  // What is kept of both first; then each part of the first text with each of the second.
  const pairs = (parts: readonly Encoding[], others: readonly Encoding[]): Encoding[][] =>
    parts.flatMap((part) => others.map((other) => [part, other]));
  return [[first[0]!, second[0]!], ...pairs(first.slice(1), second), ...pairs(first.slice(0, 1), second.slice(1))];
}

/** How many ids of each text are kept. */
function shareRoom(
  lengths: readonly number[],
  room: number,
  strategy: Truncation["strategy"] = "longest-first",
): number[] {
  const [first = 0, second = 0] = lengths;
  if (strategy === "longest-first") {
    const half = Math.floor(room / 2);
    if (first <= half) return [first, room - first];
    if (second <= half) return [room - second, second];
    return first <= second ? [half, room - half] : [room - half, half];
  }
  return strategy === "only-first" ? [room - second, second] : [first, room - first];
}

function windows(length: number, size: number, stride: number, side: "left" | "right"): [number, number][] {
  const found: [number, number][] = [];
  for (let start = 0; start === 0 || start + stride < length; start += size - stride) {
    const end = Math.min(start + size, length);
    found.push(side === "right" ? [start, end] : [length - end, length - start]);
  }
  return found;
}

/** Adds `pad` to each encoding, and to what was cut off of it, up to one length. */
export function pad(encodings: BatchEncoding[], padding: Padding, pad: (count: number) => Encoding): BatchEncoding[] {
  const { multipleOf = 1, side = "right" } = padding;
  const longest = padding.length ?? Math.max(0, ...encodings.map((encoding) => encoding.ids.length));
  const length = Math.ceil(longest / multipleOf) * multipleOf;
  const fill = (encoding: Encoding): Encoding => {
    const missing = pad(Math.max(length - encoding.ids.length, 0));
    return joinEncodings(side === "right" ? [encoding, missing] : [missing, encoding]);
  };
  return encodings.map((encoding) => ({ ...fill(encoding), overflowing: encoding.overflowing.map(fill) }));
}
