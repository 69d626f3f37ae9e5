import {
  encoderDecoderFeatures,
  languageModelFeatures,
  maskedLmFeatures,
  packPrefixLmDecoderOnly,
  packPrefixLmEncoderDecoder,
  prefixLmFeatures,
  shiftRight,
  shiftRightInSegments,
  trimAndPack,
  trimAndPad,
  trimFeatures,
} from "@t5ts/datasets";
import { expect } from "vitest";
import { runVectors, type VectorCase } from "./run-vectors.js";

runVectors("packing.json", {
  trim_and_pack: (c) => {
    const rows = trimAndPack(c.examples, c.lengths).map((row) =>
      Object.fromEntries(
        Object.entries(row).flatMap(([name, { ids, segmentIds, positions }]) => [
          [name, ids],
          [`${name}_segment_ids`, segmentIds],
          [`${name}_positions`, positions],
        ]),
      ),
    );
    expect(rows).toEqual(c.expected);
  },
  trim_and_pad: (c) => {
    expect(trimAndPad(c.examples, c.lengths)).toEqual(c.expected);
  },
  autoregressive_inputs: (c) =>
    expectValue(c, () => (c.segment_ids ? shiftRightInSegments(c.tokens, c.segment_ids, c.bos_id) : shifted(c))),
  shift_right: (c) => expectValue(c, () => shifted(c)),
  feature_converter: (c) => expectValue(c, () => convert(c)),
  pack_prefix_lm_encoder_decoder: (c) =>
    expectValue(c, () => {
      const row = packPrefixLmEncoderDecoder(c.examples, c.split_point, { startId: c.bos_id ?? 0 });
      return rename(row, ENCODER_DECODER);
    }),
  pack_prefix_lm_decoder_only: (c) =>
    expectValue(c, () => {
      const options = { lossOnTargetsOnly: c.loss_on_targets_only ?? true, startId: c.bos_id ?? 0 };
      return rename(packPrefixLmDecoderOnly(c.examples, c.split_point, options), DECODER);
    }),
});

function convert(c: VectorCase): Record<string, unknown>[] {
  const options = {
    lengths: c.lengths,
    layout: c.pack ? ("packed" as const) : ("padded" as const),
    startId: c.bos_id ?? 0,
    lossOnTargetsOnly: c.loss_on_targets_only ?? true,
    maskId: c.mask_id,
  };
  const examples = c.apply_length_check === false ? trimFeatures(c.examples, c.lengths) : c.examples;
  switch (c.converter) {
    case "encoder_decoder":
      return encoderDecoderFeatures(examples, options).map((row) => rename(row, ENCODER_DECODER));
    case "lm":
      return languageModelFeatures(examples, options).map((row) => rename(row, DECODER));
    case "prefix_lm":
    case "prefix_suffix_lm":
      return prefixLmFeatures(examples, options).map((row) => rename(row, DECODER));
    case "decoder":
      // Either of the two above, as the features that there are ask for.
      return c.lengths.inputs === undefined
        ? languageModelFeatures(examples, options).map((row) => rename(row, DECODER))
        : prefixLmFeatures(examples, options).map((row) => rename(row, DECODER));
    case "encoder_mlm":
      return maskedLmFeatures(examples, options).map((row) => rename(row, ENCODER));
    default:
      throw new Error(`no converter "${c.converter}"`);
  }
}

/** Our names of a row's parts and seqio's. */
const DECODER = {
  targetIds: "decoder_target_tokens",
  decoderInputIds: "decoder_input_tokens",
  lossWeights: "decoder_loss_weights",
  segmentIds: "decoder_segment_ids",
  positions: "decoder_positions",
  prefixMask: "decoder_causal_attention",
  suffixWeights: "target_suffix_weights",
};
const ENCODER_DECODER = {
  ...DECODER,
  inputIds: "encoder_input_tokens",
  inputSegmentIds: "encoder_segment_ids",
  inputPositions: "encoder_positions",
};
const ENCODER = {
  inputIds: "encoder_input_tokens",
  targetIds: "encoder_target_tokens",
  lossWeights: "encoder_loss_weights",
  segmentIds: "encoder_segment_ids",
  positions: "encoder_positions",
};

function rename(row: object, names: Record<string, string>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [names[name] ?? name, value]));
}

/** Tokens with several values each shift as tokens with one do; the first is then all start ids. */
function shifted(c: VectorCase): unknown[] {
  const [first] = c.tokens;
  return shiftRight<unknown>(c.tokens, Array.isArray(first) ? first.map(() => c.bos_id ?? 0) : (c.bos_id ?? 0));
}

function expectValue(c: VectorCase, make: () => unknown): void {
  if (c.expected === "error") expect(make).toThrow();
  else expect(make()).toEqual(c.expected);
}
