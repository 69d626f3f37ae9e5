import type { Rng } from "@t5ts/random";
import { attentionProduct, attentionWeights, dropout, matMul } from "@t5ts/tensor-core";
import * as tf from "@tensorflow/tfjs-core";
import { type HeadMerge, mergedWidth, mergeHeads, splitHeads } from "./heads.js";
import { initLinear, type LinearParams, linear } from "./linear.js";

/**
 * The first three are [heads · dHead, dModel]; `output` is [dModel, heads · dHead], or [dModel, dHead] where heads are
 * merged by mean or sum.
 */
export type AttentionParams = {
  query: LinearParams;
  key: LinearParams;
  value: LinearParams;
  output: LinearParams;
};

/** What queries attend to, each [batch, heads, keyLength, dHead]. Kept, it is the decoding cache. */
export type KeyValue = { key: tf.Tensor4D; value: tf.Tensor4D };

export type AttentionSize = { dModel: number; numHeads: number; dHead: number; headMerge: HeadMerge };

/** With Mesh TensorFlow's deviations: that of `query` has the division by √dHead folded in. */
export function initAttention(rng: Rng, { dModel, numHeads, dHead, headMerge }: AttentionSize): AttentionParams {
  const inner = numHeads * dHead;
  const merged = mergedWidth(headMerge, numHeads, dHead);
  return {
    query: initLinear(rng, dModel, inner, (dModel * dHead) ** -0.5),
    key: initLinear(rng, dModel, inner, dModel ** -0.5),
    value: initLinear(rng, dModel, inner, dModel ** -0.5),
    output: initLinear(rng, merged, dModel, inner ** -0.5),
  };
}

/** The keys and values of `x` [batch, keyLength, dModel]. */
export function projectKeyValue(params: AttentionParams, x: tf.Tensor, numHeads: number): KeyValue {
  return {
    key: splitHeads(linear(params.key, x), numHeads),
    value: splitHeads(linear(params.value, x), numHeads),
  };
}

/** `past` followed by `next`, along keyLength. */
export function appendKeyValue(past: KeyValue | undefined, next: KeyValue): KeyValue {
  if (past === undefined) return next;
  return { key: tf.concat([past.key, next.key], 2), value: tf.concat([past.value, next.value], 2) };
}

export type AttentionOptions = {
  numHeads: number;
  headMerge: HeadMerge;
  dropoutRate: number;
  rng?: Rng;
  /** Is given the weights [batch, heads, queryLength, keyLength], the watcher's to dispose. Costs the fused kernel. */
  watch?: (weights: tf.Tensor4D) => void;
};

/**
 * Attends from `x` to `keyValue`: every position takes its own weights over all keys.
 *
 * @param x [batch, queryLength, dModel]
 * @param bias Added to the scores: masks, regions of heads, relative positions.
 *   Broadcasts to [batch, heads, queryLength, keyLength].
 * @returns [batch, queryLength, dModel]
 */
export function attend(
  params: AttentionParams,
  x: tf.Tensor,
  keyValue: KeyValue,
  bias: tf.Tensor,
  { numHeads, headMerge, dropoutRate, rng, watch }: AttentionOptions,
): tf.Tensor {
  const query = splitHeads(linear(params.query, x), numHeads);
  const { key, value } = keyValue;
  if (watch === undefined) {
    const heads = attentionProduct({ query, key, value, bias }, { dropoutRate, rng });
    return linear(params.output, mergeHeads(heads as tf.Tensor4D, headMerge));
  }
  const weights = attentionWeights(query, key, bias);
  watch(tf.keep(tf.clone(weights)) as tf.Tensor4D);
  const heads = matMul(dropout(weights, dropoutRate, rng), value);
  return linear(params.output, mergeHeads(heads as tf.Tensor4D, headMerge));
}
