import { IGNORED_LABEL } from "../seq2seq-example.js";
import { type IntMatrix, intMatrix } from "./int-matrix.js";

/** What an encoder reads. */
export type PaddedInputs = {
  /** [batch, inputLength], padded with `padId`. */
  inputIds: IntMatrix;
  /** [batch, inputLength], 1 on ids and 0 on padding. */
  inputMask: IntMatrix;
  /** Ids that aren't padding. */
  numInputIds: number;
};

export type InputPadOptions = {
  padId: number;
  /** Ids have to be below it. */
  vocabSize: number;
  /**
   * The lengths that inputs are padded to, in rising order; unless given, multiples of 8. Few lengths keep few compiled
   * kernels.
   */
  inputLengths?: readonly number[];
};

/**
 * Pads the inputs of examples to one length, the least of the allowed ones that fits.
 *
 * @param where The function that is called, for messages.
 */
export function padInputs(
  where: string,
  examples: readonly { inputIds: readonly number[] }[],
  { padId, vocabSize, inputLengths }: InputPadOptions,
): PaddedInputs {
  if (examples.length === 0) throw new RangeError(`${where}: expected at least one example, got none`);
  const rows = examples.map((example) => example.inputIds);
  checkIds(where, "inputIds", rows, vocabSize);
  const columns = paddedLength(where, "inputIds", rows, inputLengths);
  return {
    inputIds: intMatrix(rows, columns, padId),
    inputMask: intMatrix(
      rows.map((row) => row.map(() => 1)),
      columns,
      0,
    ),
    numInputIds: rows.reduce((sum, row) => sum + row.length, 0),
  };
}

/** The length for these rows: the first of `allowed` that's long enough, or a multiple of 8. */
export function paddedLength(
  where: string,
  what: string,
  rows: readonly (readonly number[])[],
  allowed?: readonly number[],
): number {
  const longest = rows.reduce((length, row) => Math.max(length, row.length), 0);
  if (!allowed) return Math.max(8, Math.ceil(longest / 8) * 8);
  const length = allowed.find((candidate) => candidate >= longest);
  if (length !== undefined) return length;
  const row = rows.findIndex((candidate) => candidate.length === longest);
  throw new RangeError(
    `${where}: examples[${row}].${what}: expected at most ${Math.max(...allowed)} ids, got ${longest}; ` +
      "cut or leave out long examples when encoding them",
  );
}

/** Refuses rows without a label, and labels that are neither ignored nor below `bound`. */
export function checkLabels(where: string, rows: readonly (readonly number[])[], bound: number): void {
  const empty = rows.findIndex((row) => row.length === 0);
  if (empty !== -1) throw new RangeError(`${where}: examples[${empty}].labels: expected at least one label, got none`);
  checkIds(where, "labels", rows, bound, IGNORED_LABEL);
}

function checkIds(
  where: string,
  what: string,
  rows: readonly (readonly number[])[],
  bound: number,
  exempt?: number,
): void {
  for (const [i, row] of rows.entries()) {
    for (const [j, id] of row.entries()) {
      if ((Number.isInteger(id) && id >= 0 && id < bound) || id === exempt) continue;
      throw new RangeError(
        `${where}: examples[${i}].${what}[${j}]: expected an integer from 0 to ${bound - 1}, got ${id}`,
      );
    }
  }
}
