import type { Rng } from "@t5ts/random";
import type { DecoderFeatures, EncoderDecoderFeatures, PrefixLmFeatures } from "./feature-converters.js";
import { layOut } from "./pack.js";
import { shiftRight, shiftRightInSegments } from "./shift-right.js";

/** Where a text of `length` ids is cut into prefix and rest: both have at least one. */
export function drawSplitPoint(length: number, rng: Rng): number {
  if (length < 2) throw new RangeError(`drawSplitPoint: length: expected at least 2, got ${length}`);
  return 1 + rng.integer(length - 1);
}

/**
 * Two texts of one length in the row of an encoder and of a decoder, both full: the first is cut at `splitPoint`, the
 * second as long before its end, so that their prefixes together have that length, and so have their rests.
 */
export function packPrefixLmEncoderDecoder(
  [first, second]: readonly [readonly number[], readonly number[]],
  splitPoint: number,
  { startId = 0, padId = 0 }: { startId?: number; padId?: number } = {},
): Required<EncoderDecoderFeatures> {
  const length = first.length;
  if (second.length !== length) {
    throw new RangeError(
      `packPrefixLmEncoderDecoder: expected two texts of one length, got ${length} and ${second.length}`,
    );
  }
  checkSplitPoint("packPrefixLmEncoderDecoder", splitPoint, length);
  const inputs = layOut([first.slice(0, splitPoint), second.slice(0, length - splitPoint)], length, padId);
  const targets = layOut([first.slice(splitPoint), second.slice(length - splitPoint)], length, padId);
  return {
    inputIds: inputs.ids,
    inputSegmentIds: inputs.segmentIds,
    inputPositions: inputs.positions,
    targetIds: targets.ids,
    decoderInputIds: shiftRightInSegments(targets.ids, targets.segmentIds, startId),
    lossWeights: targets.ids.map((id) => (id === padId ? 0 : 1)),
    segmentIds: targets.segmentIds,
    positions: targets.positions,
  };
}

/** A text in the row of a decoder that sees what is before `splitPoint` in both directions. */
export function packPrefixLmDecoderOnly(
  ids: readonly number[],
  splitPoint: number,
  { lossOnTargetsOnly, startId = 0, padId = 0 }: { lossOnTargetsOnly: boolean; startId?: number; padId?: number },
): DecoderFeatures & Pick<PrefixLmFeatures, "prefixMask"> {
  checkSplitPoint("packPrefixLmDecoderOnly", splitPoint, ids.length);
  return {
    targetIds: [...ids],
    decoderInputIds: shiftRight(ids, startId),
    lossWeights: ids.map((id, i) => (id === padId || (lossOnTargetsOnly && i < splitPoint) ? 0 : 1)),
    prefixMask: ids.map((_, i) => (i <= splitPoint ? 1 : 0)), // one longer: the inputs are shifted
  };
}

function checkSplitPoint(where: string, splitPoint: number, length: number): void {
  if (!(Number.isInteger(splitPoint) && splitPoint >= 1 && splitPoint < length)) {
    throw new RangeError(`${where}: splitPoint: expected an integer from 1 to ${length - 1}, got ${splitPoint}`);
  }
}
