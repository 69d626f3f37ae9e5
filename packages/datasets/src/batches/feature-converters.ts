import { type IdFeatures, layOut, mapFeatures, type PackedIds, packGroups, withoutPadding } from "./pack.js";
import { shiftRight, shiftRightInSegments } from "./shift-right.js";

export type FeatureOptions<F extends string> = {
  /** The lengths of the features. Longer ones are refused: trim them before, with `trimFeatures`. */
  lengths: Readonly<Record<F, number>>;
  /** `packed`: as many examples in a row as fit, with segments and positions. `padded`: one. */
  layout: "packed" | "padded";
  /** What the decoder reads first. */
  startId: number;
  padId?: number;
};

/** Which id of a row is whose, and where in it. Only packed rows have them. */
export type RowSegments = { segmentIds?: number[]; positions?: number[] };

/** What a decoder reads and has to write, and which places count (1) in the loss. */
export type DecoderFeatures = RowSegments & { targetIds: number[]; decoderInputIds: number[]; lossWeights: number[] };

/** The rows of an encoder and a decoder. */
export type EncoderDecoderFeatures = DecoderFeatures & {
  inputIds: number[];
  inputSegmentIds?: number[];
  inputPositions?: number[];
};

/**
 * Examples as the rows of an encoder and a decoder. Everything but padding counts in the loss.
 *
 * @throws RangeError if an example is longer than its lengths.
 */
export function encoderDecoderFeatures(
  examples: readonly IdFeatures<"inputs" | "targets">[],
  options: FeatureOptions<"inputs" | "targets">,
): EncoderDecoderFeatures[] {
  return layOutRows(examples, options).map(({ inputs, targets }) => ({
    inputIds: inputs.ids,
    ...(options.layout === "packed" && { inputSegmentIds: inputs.segmentIds, inputPositions: inputs.positions }),
    ...decoderFeatures(targets, options),
  }));
}

/** Examples as the rows of a decoder alone. */
export function languageModelFeatures(
  examples: readonly IdFeatures<"targets">[],
  options: FeatureOptions<"targets">,
): DecoderFeatures[] {
  return layOutRows(examples, options).map(({ targets }) => decoderFeatures(targets, options));
}

/** The rows of a decoder that sees a beginning, the prefix, in both directions. */
export type PrefixLmFeatures = DecoderFeatures & {
  /**
   * 1 where the decoder's input may be seen from everywhere: the prefix, shifted right as the inputs are, so one longer.
   */
  prefixMask: number[];
  /** 1 on what is scored apart: the suffix, or, where it's empty, the targets. Only if `lengths` has suffixes. */
  suffixWeights?: number[];
};

/**
 * Inputs, targets and suffixes, those that `lengths` names, one after the other in the row of a decoder; its length is
 * the sum of theirs. Without targets, when there's only something to go on from, nothing but inputs counts.
 *
 * @param lossOnTargetsOnly Whether the inputs are left out of the loss.
 */
export function prefixLmFeatures<F extends "inputs" | "targets" | "suffixes">(
  examples: readonly IdFeatures<F>[],
  options: FeatureOptions<F> & { lossOnTargetsOnly: boolean },
): PrefixLmFeatures[] {
  const { lengths, padId = 0 } = options;
  checkLengths(examples, lengths, padId);
  const length = Object.values<number>(lengths).reduce((sum, one) => sum + one, 0);
  const hasSuffixes = "suffixes" in lengths;
  const named = examples.map((example) => mapFeatures(lengths, (_, name) => example[name]));
  const joined = named.map((example) => joinPrefix(example as unknown as JoinedSource, padId));
  const rowLengths = { ids: length };
  const groups =
    options.layout === "packed" ? packGroups<"ids", Joined>(joined, rowLengths) : joined.map((one) => [one]);
  return groups.map((group) => {
    const mask = (name: "isInput" | "isPrefix" | "isSuffix") =>
      layOut(
        group.map((example) => example[name]),
        length,
        0,
      ).ids;
    const features = decoderFeatures(
      layOut(
        group.map(({ ids }) => ids),
        length,
        padId,
      ),
      options,
    );
    const isInput = mask("isInput");
    return {
      ...features,
      lossWeights: features.lossWeights.map((weight, i) => (options.lossOnTargetsOnly && isInput[i] ? 0 : weight)),
      prefixMask: mask("isPrefix"),
      ...(hasSuffixes && { suffixWeights: mask("isSuffix") }),
    };
  });
}

/** The rows of an encoder that predicts masked tokens. */
export type MaskedLmFeatures = RowSegments & { inputIds: number[]; targetIds: number[]; lossWeights: number[] };

/** Examples whose targets stand at the places of the inputs; the places of `maskId` count in the loss. */
export function maskedLmFeatures(
  examples: readonly IdFeatures<"inputs" | "targets">[],
  options: Omit<FeatureOptions<"inputs" | "targets">, "startId"> & { maskId: number },
): MaskedLmFeatures[] {
  return layOutRows(examples, options).map(({ inputs, targets }) => ({
    inputIds: inputs.ids,
    targetIds: targets.ids,
    lossWeights: inputs.ids.map((id) => (id === options.maskId ? 1 : 0)),
    ...segmentsOf(inputs, options.layout),
  }));
}

function layOutRows<F extends string>(
  examples: readonly IdFeatures<F>[],
  { lengths, layout, padId = 0 }: Omit<FeatureOptions<F>, "startId">,
): Record<F, PackedIds>[] {
  checkLengths(examples, lengths, padId);
  const stripped = examples.map((example) => mapFeatures(lengths, (_, name) => withoutPadding(example[name], padId)));
  const groups = layout === "packed" ? packGroups(stripped, lengths) : stripped.map((example) => [example]);
  return groups.map((group) =>
    mapFeatures(lengths, (length, name) =>
      layOut(
        group.map((example) => example[name]),
        length,
        padId,
      ),
    ),
  );
}

function decoderFeatures(
  targets: PackedIds,
  { layout, startId, padId = 0 }: Pick<FeatureOptions<string>, "layout" | "startId" | "padId">,
): DecoderFeatures {
  return {
    targetIds: targets.ids,
    decoderInputIds:
      layout === "packed"
        ? shiftRightInSegments(targets.ids, targets.segmentIds, startId)
        : shiftRight(targets.ids, startId),
    lossWeights: targets.ids.map((id) => (id === padId ? 0 : 1)),
    ...segmentsOf(targets, layout),
  };
}

function segmentsOf({ segmentIds, positions }: PackedIds, layout: "packed" | "padded"): RowSegments {
  return layout === "packed" ? { segmentIds, positions } : {};
}

type JoinedSource = IdFeatures<"inputs"> & Partial<IdFeatures<"targets" | "suffixes">>;
type Joined = { ids: number[]; isInput: number[]; isPrefix: number[]; isSuffix: number[] };

function joinPrefix(example: JoinedSource, padId: number): Joined {
  const [inputs, targets, suffixes] = [example.inputs, example.targets ?? [], example.suffixes ?? []].map((ids) =>
    withoutPadding(ids, padId),
  ) as [number[], number[], number[]];
  const ids = [...inputs, ...targets, ...suffixes];
  const scoredFrom = suffixes.length > 0 ? inputs.length + targets.length : inputs.length;
  return {
    ids,
    isInput: ids.map((_, i) => (i < inputs.length ? 1 : 0)),
    isPrefix: ids.map((_, i) => (i <= inputs.length ? 1 : 0)),
    isSuffix: ids.map((_, i) => (i >= scoredFrom ? 1 : 0)),
  };
}

function checkLengths<F extends string>(
  examples: readonly IdFeatures<F>[],
  lengths: Readonly<Record<F, number>>,
  padId: number,
): void {
  for (const [i, example] of examples.entries()) {
    for (const [name, length] of Object.entries(lengths) as [F, number][]) {
      const { length: actual } = withoutPadding(example[name], padId);
      if (actual > length) {
        throw new RangeError(
          `features: examples[${i}].${name}: expected at most ${length} ids, got ${actual}; trim them before`,
        );
      }
    }
  }
}
