import type { TokenLabels } from "../objectives/masked-lm.js";
import { IGNORED_LABEL } from "../seq2seq-example.js";
import { type IntMatrix, intMatrix } from "./int-matrix.js";
import { checkLabels, type InputPadOptions, type PaddedInputs, padInputs } from "./pad-inputs.js";

/** Examples with a label for each id: masked LM, token classification. */
export type TokenBatch = PaddedInputs & {
  /** [batch, inputLength], padded with `IGNORED_LABEL`. */
  labels: IntMatrix;
};

export type EncoderPadOptions = InputPadOptions & {
  /** Labels have to be below it: the size of the vocabulary, or the number of classes. */
  numClasses: number;
};

/**
 * Pads examples that have a label for each id.
 *
 * @throws RangeError as `padBatch`, and if there are more or fewer labels than ids.
 */
export function padTokenBatch(examples: readonly TokenLabels[], options: EncoderPadOptions): TokenBatch {
  for (const [i, { inputIds, labels }] of examples.entries()) {
    if (inputIds.length === labels.length) continue;
    throw new RangeError(
      `padTokenBatch: examples[${i}].labels: expected ${inputIds.length}, one for each id, got ${labels.length}`,
    );
  }
  const inputs = padInputs("padTokenBatch", examples, options);
  const labels = examples.map((example) => example.labels);
  checkLabels("padTokenBatch", labels, options.numClasses);
  return { ...inputs, labels: intMatrix(labels, inputs.inputIds.columns, IGNORED_LABEL) };
}

/** Examples with one label: next sentence, classes of texts. */
export type SequenceBatch = PaddedInputs & {
  /** [batch]. */
  labels: Int32Array;
};

/** Pads examples that have one label. */
export function padSequenceBatch(
  examples: readonly { inputIds: readonly number[]; label: number }[],
  options: EncoderPadOptions,
): SequenceBatch {
  const labels = examples.map((example) => example.label);
  checkLabels(
    "padSequenceBatch",
    labels.map((label) => [label]),
    options.numClasses,
  );
  return { ...padInputs("padSequenceBatch", examples, options), labels: Int32Array.from(labels) };
}
