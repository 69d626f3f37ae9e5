import { IGNORED_LABEL, type Seq2SeqExample } from "../seq2seq-example.js";
import { type IntMatrix, intMatrix } from "./int-matrix.js";
import { checkLabels, type InputPadOptions, type PaddedInputs, paddedLength, padInputs } from "./pad-inputs.js";
import { shiftRight } from "./shift-right.js";

/** Examples side by side, as the model reads them. */
export type Seq2SeqBatch = PaddedInputs & {
  /** [batch, targetLength], padded with `IGNORED_LABEL`. */
  labels: IntMatrix;
  /** [batch, targetLength], the labels one place later after `decoderStartId`; ignored ones are `padId`. */
  decoderInputIds: IntMatrix;
  /** The task of each example, where it has one. */
  tasks: (string | undefined)[];
  /** Labels that count in the loss; and how many ids were cut from the examples before. */
  numLabels: number;
  numCut: number;
};

export type PadOptions = InputPadOptions & {
  /** T5's is `padId`. */
  decoderStartId: number;
  /** As `inputLengths`, for the labels. */
  labelLengths?: readonly number[];
};

/**
 * Pads examples to one length, the least of the allowed ones that fits.
 *
 * @throws RangeError for no examples, an example without labels, one that's longer than every allowed length, or an id
 *   outside the vocabulary.
 */
export function padBatch(examples: readonly Seq2SeqExample[], options: PadOptions): Seq2SeqBatch {
  const { padId, decoderStartId, vocabSize, labelLengths } = options;
  const labels = examples.map((example) => example.labels);
  checkLabels("padBatch", labels, vocabSize);
  const labelLength = paddedLength("padBatch", "labels", labels, labelLengths);
  const decoderInputs = labels.map((row) =>
    shiftRight(
      row.map((id) => (id === IGNORED_LABEL ? padId : id)),
      decoderStartId,
    ),
  );
  return {
    ...padInputs("padBatch", examples, options),
    labels: intMatrix(labels, labelLength, IGNORED_LABEL),
    decoderInputIds: intMatrix(decoderInputs, labelLength, padId),
    tasks: examples.map((example) => example.task),
    numLabels: labels.flat().filter((id) => id !== IGNORED_LABEL).length,
    numCut: examples.reduce((sum, example) => sum + (example.numCut ?? 0), 0),
  };
}
