import { IGNORED_LABEL, type Seq2SeqExample } from "../seq2seq-example.js";
import { type IntMatrix, intMatrix } from "./int-matrix.js";
import { type PackedIds, trimAndPack } from "./pack.js";
import { shiftRightInSegments } from "./shift-right.js";

/**
 * Rows that several examples share. An id may attend only to those of its own segment.
 *
 * Each is [rows, inputLength] or [rows, labelLength]; segments count from 1, 0 is padding; positions begin again in each
 * segment.
 */
export type PackedBatch = {
  inputIds: IntMatrix;
  inputSegmentIds: IntMatrix;
  inputPositions: IntMatrix;
  labels: IntMatrix;
  decoderInputIds: IntMatrix;
  decoderSegmentIds: IntMatrix;
  decoderPositions: IntMatrix;
};

export type PackOptions = { inputLength: number; labelLength: number; padId: number; decoderStartId: number };

/**
 * Packs examples into as few rows as their order allows; see `trimAndPack`.
 *
 * @throws RangeError for no examples, one that's longer than the rows, or a label that is `IGNORED_LABEL`.
 */
export function packBatch(examples: readonly Seq2SeqExample[], options: PackOptions): PackedBatch {
  const { inputLength, labelLength, padId, decoderStartId } = options;
  if (examples.length === 0) throw new RangeError("packBatch: expected at least one example, got none");
  for (const [i, { inputIds, labels }] of examples.entries()) {
    checkLength(`examples[${i}].inputIds`, inputIds, inputLength);
    checkLength(`examples[${i}].labels`, labels, labelLength);
    if (labels.includes(IGNORED_LABEL)) {
      throw new RangeError(`packBatch: examples[${i}].labels: expected ids only, got an ignored label`);
    }
  }
  const rows = trimAndPack(
    examples.map(({ inputIds, labels }) => ({ inputIds, labels })),
    { inputIds: inputLength, labels: labelLength },
    padId,
  );
  const matrix = (feature: "inputIds" | "labels", part: keyof PackedIds) =>
    intMatrix(
      rows.map((row) => row[feature][part]),
      feature === "labels" ? labelLength : inputLength,
      0,
    );
  return {
    inputIds: matrix("inputIds", "ids"),
    inputSegmentIds: matrix("inputIds", "segmentIds"),
    inputPositions: matrix("inputIds", "positions"),
    labels: intMatrix(
      rows.map(({ labels }) => labels.ids.map((id, i) => (labels.segmentIds[i] === 0 ? IGNORED_LABEL : id))),
      labelLength,
      IGNORED_LABEL,
    ),
    decoderInputIds: intMatrix(
      rows.map(({ labels }) => shiftRightInSegments(labels.ids, labels.segmentIds, decoderStartId)),
      labelLength,
      padId,
    ),
    decoderSegmentIds: matrix("labels", "segmentIds"),
    decoderPositions: matrix("labels", "positions"),
  };
}

function checkLength(what: string, ids: readonly number[], length: number): void {
  if (ids.length > length) {
    throw new RangeError(
      `packBatch: ${what}: expected at most ${length} ids, got ${ids.length}; cut long examples when encoding them`,
    );
  }
}
