import { type Encoding, encodeMarks, joinEncodings } from "./encoding.js";
import type { DetailedEncodeOptions, Tokenizer } from "./tokenizer.js";

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

/**
 * Encodes texts or pairs of texts with any tokenizer, cut to a length and padded to one if `options` ask for that. What is
 * cut off comes in `overflowing`, in parts of the same length that overlap by `stride`.
 */
export function encodeBatch<Options extends DetailedEncodeOptions>(
  tokenizer: Pick<Tokenizer, "special" | "pieceOf"> & { encodeDetailed(text: string, options: Options): Encoding },
  texts: readonly (string | readonly [string, string])[],
  { truncation, padding, ...options }: BatchOptions & Omit<Options, "pair"> = {} as BatchOptions & Options,
): BatchEncoding[] {
  const encodings = texts.map((item): BatchEncoding => {
    const [text, pair] = typeof item === "string" ? [item] : item;
    const encoding = tokenizer.encodeDetailed(text, { ...options, pair } as unknown as Options);
    if (truncation === undefined || encoding.ids.length <= truncation.maxLength)
      return { ...encoding, overflowing: [] };
    const [kept, ...overflowing] = cut(encoding, truncation);
    return { ...kept!, overflowing };
  });
  if (padding === undefined) return encodings;

  const { pad } = tokenizer.special;
  if (pad < 0) throw new Error("encodeBatch: padding: the vocabulary has no padding piece that's known by its name");
  const { multipleOf = 1, side = "right" } = padding;
  const longest = padding.length ?? encodings.reduce((length, { ids }) => Math.max(length, ids.length), 0);
  const length = Math.ceil(longest / multipleOf) * multipleOf;
  const fill = (encoding: Encoding): Encoding => {
    const missing = Array<number>(Math.max(length - encoding.ids.length, 0)).fill(pad);
    const marks = encodeMarks(missing, Array<string>(missing.length).fill(tokenizer.pieceOf(pad)!), 0, 0);
    return joinEncodings(side === "right" ? [encoding, marks] : [marks, encoding]);
  };
  return encodings.map(({ overflowing, ...encoding }) => ({ ...fill(encoding), overflowing: overflowing.map(fill) }));
}

/** What is kept first, then what is cut off, each with the marks. */
function cut(encoding: Encoding, truncation: Truncation): Encoding[] {
  const runs = findRuns(encoding.sequenceIds);
  const markCount = runs.reduce((sum, { sequence, start, end }) => sum + (sequence === null ? end - start : 0), 0);
  const lengths = [0, 1].map((sequence) =>
    runs.reduce((sum, run) => sum + (run.sequence === sequence ? run.end - run.start : 0), 0),
  );
  const limits = shareRoom(lengths[0]!, lengths[1]!, truncation.maxLength - markCount, truncation.strategy);
  const [first, second] = [0, 1].map((i) => windows(lengths[i]!, limits[i]!, truncation)) as [Window[], Window[]];
  // Of a pair: what is kept of both; then each other part of the first with each of the second; then the rest of the second.
  const pairs: [Window, Window][] = [
    [first[0]!, second[0]!],
    ...first.slice(1).flatMap((a) => second.map((b): [Window, Window] => [a, b])),
    ...second.slice(1).map((b): [Window, Window] => [first[0]!, b]),
  ];
  return pairs.map((pair) =>
    joinEncodings(
      runs.map(({ sequence, start, end }) => {
        if (sequence === null) return sliceEncoding(encoding, start, end);
        const [from, to] = pair[sequence as 0 | 1];
        return sliceEncoding(encoding, start + from, start + to);
      }),
    ),
  );
}

/** A part of a text, in ids. */
type Window = readonly [start: number, end: number];

/** Where marks (null) and texts are. */
type Run = { readonly sequence: number | null; readonly start: number; readonly end: number };

function findRuns(sequenceIds: readonly (number | null)[]): Run[] {
  const runs: Run[] = [];
  for (let start = 0; start < sequenceIds.length; start = runs.at(-1)!.end) {
    const sequence = sequenceIds[start]!;
    let end = start + 1;
    while (end < sequenceIds.length && sequenceIds[end] === sequence) end++;
    runs.push({ sequence, start, end });
  }
  return runs;
}

/** How many ids of each text are kept. */
function shareRoom(first: number, second: number, room: number, strategy: Truncation["strategy"]): [number, number] {
  if (strategy === "only-first") return [room - second, second];
  if (strategy === "only-second") return [first, room - first];
  const half = Math.floor(room / 2);
  if (first <= half) return [first, room - first];
  if (second <= half) return [room - second, second];
  return first <= second ? [half, room - half] : [room - half, half];
}

function windows(length: number, limit: number, { stride = 0, side = "right" }: Truncation): Window[] {
  if (length <= limit) return [[0, length]];
  if (!(stride >= 0 && stride < limit)) {
    throw new RangeError(
      `encodeBatch: truncation: expected a stride from 0 and below the ${limit} ids left for a text, got ${stride}`,
    );
  }
  const found: Window[] = [];
  for (let start = 0; start === 0 || start + stride < length; start += limit - stride) {
    const end = Math.min(start + limit, length);
    found.push(side === "right" ? [start, end] : [length - end, length - start]);
  }
  return found;
}

/** The ids from `start` to `end`. */
function sliceEncoding(encoding: Encoding, start: number, end: number): Encoding {
  const lists = Object.entries(encoding).map(([name, list]) => [name, (list as unknown[]).slice(start, end)]);
  return Object.fromEntries(lists) as Encoding;
}
