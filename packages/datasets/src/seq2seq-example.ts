import type { TextExample } from "./text-example.js";

/**
 * An example in ids: what the encoder reads and what the decoder has to write.
 *
 * A label of `IGNORED_LABEL` isn't counted in the loss. `task` names the task it's from, `numCut` how many ids were cut
 * to make it fit.
 */
export type Seq2SeqExample = { inputIds: number[]; labels: number[]; task?: string; numCut?: number };

/** The label of a place that the loss leaves out. */
export const IGNORED_LABEL = -100;

/** Text to ids: any tokenizer. */
export type Tokenizer = { encode(text: string): number[] };

export type EncodeOptions = {
  /** The end mark that closes inputs and labels, and is kept when they're cut. */
  endId: number;
  /** A start mark before the inputs. T5 has none. */
  startId?: number;
  /** The most ids that inputs may have, marks included. */
  inputLength: number;
  /** The most ids that labels may have, the end mark included. */
  labelLength: number;
  /** What becomes of a longer example: its end is cut off, or it's left out. */
  whenLonger: "cut" | "leave-out";
};

/**
 * The ids of a text example with their marks, or undefined if it's too long and is to be left out.
 *
 * What is cut is counted in `numCut`. A tokenizer that adds the marks itself gets no second ones.
 */
export function encodeTextExample(
  example: TextExample,
  tokenizer: Tokenizer,
  options: EncodeOptions,
): Seq2SeqExample | undefined {
  const { endId, startId, inputLength, labelLength } = options;
  const input = fit(addMarks(tokenizer.encode(example.inputs), { startId, endId }), inputLength, endId);
  const labels = fit(addMarks(tokenizer.encode(example.targets), { endId }), labelLength, endId);
  const numCut = input.numCut + labels.numCut;
  if (numCut > 0 && options.whenLonger === "leave-out") return undefined;
  return { inputIds: input.ids, labels: labels.ids, ...(numCut > 0 && { numCut }) };
}

/** `ids` between a start and an end mark, where they're given and aren't there already. */
export function addMarks(ids: readonly number[], marks: { startId?: number; endId?: number }): number[] {
  const marked = [...ids];
  if (marks.startId !== undefined && marked[0] !== marks.startId) marked.unshift(marks.startId);
  if (marks.endId !== undefined && marked.at(-1) !== marks.endId) marked.push(marks.endId);
  return marked;
}

/** At most `length` ids, of which the last stays the end mark. */
function fit(ids: number[], length: number, endId: number): { ids: number[]; numCut: number } {
  if (!Number.isInteger(length) || length < 1) {
    throw new RangeError(`encodeTextExample: inputLength, labelLength: expected an integer from 1, got ${length}`);
  }
  if (ids.length <= length) return { ids, numCut: 0 };
  return { ids: [...ids.slice(0, length - 1), endId], numCut: ids.length - length };
}
