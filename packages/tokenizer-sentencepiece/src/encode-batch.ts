import {
  type BatchEncoding,
  type BatchOptions,
  type Encoding,
  encodeMarks,
  joinEncodings,
  type Tokenizer,
  type Truncation,
} from "@t5ts/tokenizer-bpe";

/**
 * Encodes texts or pairs of texts with any tokenizer, cut to a length and padded to one if `options` ask for that. What is
 * cut off comes in `overflowing`, in parts of the same length that overlap by `stride`.
 *
 * `BpeTokenizer` has a method that does the same.
 */
export function encodeBatch(
  tokenizer: Tokenizer,
  texts: readonly (string | readonly [string, string])[],
  { truncation, padding, ...options }: BatchOptions = {},
): BatchEncoding[] {
  const encodings = texts.map((item): BatchEncoding => {
    const [text, pair] = typeof item === "string" ? [item] : item;
    const encoding = tokenizer.encodeDetailed(text, { ...options, pair });
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
        if (sequence === null) return slice(encoding, start, end);
        const [from, to] = pair[sequence as 0 | 1];
        return slice(encoding, start + from, start + to);
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

function slice(encoding: Encoding, start: number, end: number): Encoding {
  const lists = Object.entries(encoding).map(([name, list]) => [name, (list as unknown[]).slice(start, end)]);
  return Object.fromEntries(lists) as Encoding;
}
