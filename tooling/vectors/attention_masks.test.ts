import { causalBias, combineBiases, paddingBias, prefixBias, segmentBias } from "@t5ts/layers";
import { CPU_BACKEND, selectBackend } from "@t5ts/tensor-core";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect } from "vitest";
import { runVectors } from "./run-vectors.js";

beforeAll(() => selectBackend("cpu", [CPU_BACKEND]));

runVectors("attention_masks.json", {
  attention_mask: (c) => {
    const isToken = (rows: number[][]): tf.Tensor2D => toMask(rows.map((row) => row.map((id) => (id > 0 ? 1 : 0))));
    const queries = isToken(c.query_tokens);
    const keys = isToken(c.key_tokens ?? c.query_tokens);
    expect(visible(combineBiases(queryBias(queries), paddingBias(keys)))).toEqual(c.expected);
  },
  attention_mask_equal: (c) => {
    const segments = toMask(c.segment_ids);
    expect(visible(segmentBias(segments, segments))).toEqual(c.expected);
  },
  causal_mask: (c) => {
    expect(visible(causalBias(c.length, c.length))).toEqual([c.expected]);
  },
  // What several masks let through is what the sum of their biases leaves at 0.
  combine_masks: (c) => {
    const biases = (c.masks as (number[] | null)[]).map((mask) =>
      mask === null ? undefined : paddingBias(toMask([mask])),
    );
    expect(visible(combineBiases(...biases))).toEqual([[c.expected]]);
  },
  combine_biases: (c) => {
    const biases = (c.biases as (number[] | null)[]).map((bias) => (bias === null ? undefined : tf.tensor(bias)));
    expect(combineBiases(...biases).arraySync()).toEqual(c.expected);
  },
  decoder_mask: (c) => {
    const targets = c.decoder_target_tokens as number[][];
    const isToken = toMask(targets.map((row) => row.map((id) => (id > 0 ? 1 : 0))));
    const isPrefix = toMask(c.decoder_causal_attention ?? targets.map((row) => row.map(() => 0)));
    const segments = c.decoder_segment_ids == null ? undefined : toMask(c.decoder_segment_ids);
    const bias = combineBiases(
      prefixBias(isPrefix),
      queryBias(isToken),
      paddingBias(isToken),
      segments && segmentBias(segments, segments),
    );
    expect(visible(bias)).toEqual(c.expected);
  },
});

function toMask(rows: number[][]): tf.Tensor2D {
  return tf.tensor2d(rows, [rows.length, rows[0]!.length], "int32");
}

/** T5X hides everything from padding as well; what padding sees is never looked at, so our layers don't. */
function queryBias(isToken: tf.Tensor2D): tf.Tensor {
  return tf.transpose(paddingBias(isToken), [0, 1, 3, 2]);
}

/** 1 where a query sees a key: [batch][query][key]. */
function visible(bias: tf.Tensor): unknown {
  return tf.squeeze(tf.cast(tf.equal(bias, 0), "int32"), [1]).arraySync();
}
