import type { Rng, RngKeys } from "@t5ts/random";
import * as tf from "@tensorflow/tfjs-core";
import { dropoutMask } from "./dropout.js";
import { hasFusedKernel, runFusedKernel } from "./fused-kernels.js";
import { sumToShape } from "./gradients/arithmetic.js";

/** Queries [batch, heads, queryLength, dHead], keys and values [batch, heads, keyLength, dHead]. */
export type AttentionInputs = {
  query: tf.Tensor;
  key: tf.Tensor;
  value: tf.Tensor;
  /** Added to the scores; broadcasts to [batch, heads, queryLength, keyLength]. */
  bias: tf.Tensor;
};

export type AttentionDropout = { dropoutRate: number; rng?: Rng };

/**
 * softmax(query · keyᵀ + bias) · value, with dropout on the weights: [batch, heads, queryLength, dHead].
 *
 * No division by √dHead: T5 folds it into the initial query weights. One operation on the tape: the backward pass
 * computes the weights again, so that no layer's [queryLength, keyLength] matrix waits for it.
 */
export function attentionProduct(inputs: AttentionInputs, { dropoutRate, rng }: AttentionDropout): tf.Tensor {
  const rate = rng === undefined ? 0 : dropoutRate;
  const keys: RngKeys = rate === 0 || rng === undefined ? [0, 0] : rng.split().keys;
  const isFused = hasFusedKernel("Attention") && hasFusedKernel("AttentionGrad");
  const { query, key, value, bias } = inputs;
  const operation = tf.customGrad((...args) => {
    const [q, k, v, b, save] = args as unknown as [...tf.Tensor[], tf.GradSaveFunc] as [
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
      tf.Tensor,
      tf.GradSaveFunc,
    ];
    if (isFused) {
      const fused = { query: q, key: k, value: v, bias: b };
      const [y, logSumExp] = runFusedKernel("Attention", fused, { rate, keys }) as [tf.Tensor, tf.Tensor];
      save([q, k, v, b, y, logSumExp]);
      return {
        value: y,
        gradFunc: (dy, saved) => {
          const [query, key, value, bias, y, logSumExp] = saved as tf.Tensor[];
          const all = { dy, query, key, value, bias, y, logSumExp } as Record<string, tf.Tensor>;
          return runFusedKernel("AttentionGrad", all, { rate, keys, needsBiasGrad: true });
        },
      };
    }
    save([q, k, v, b]);
    const weights = attentionWeights(q, k, b);
    const dropped = rate === 0 ? weights : tf.mul(weights, dropoutMask(weights.shape, rate, keys));
    return {
      value: tf.matMul(dropped, v),
      gradFunc: (dy, saved) => attentionGrad(dy as tf.Tensor, saved as tf.Tensor[], rate, keys),
    };
  });
  return operation(query, key, value, bias);
}

/** The attention weights: softmax(query · keyᵀ + bias), [batch, heads, queryLength, keyLength]. */
export function attentionWeights(query: tf.Tensor, key: tf.Tensor, bias: tf.Tensor): tf.Tensor {
  return tf.softmax(tf.add(tf.matMul(query, key, false, true), bias));
}

function attentionGrad(dy: tf.Tensor, saved: tf.Tensor[], rate: number, keys: RngKeys): tf.Tensor[] {
  const [query, key, value, bias] = saved as [tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor];
  const weights = attentionWeights(query, key, bias);
  const mask = rate === 0 ? undefined : dropoutMask(weights.shape, rate, keys);
  const dropped = mask === undefined ? weights : tf.mul(weights, mask);
  const dDropped = tf.matMul(dy, value, false, true);
  const dWeights = mask === undefined ? dDropped : tf.mul(dDropped, mask);
  const weighted = tf.mul(dWeights, weights);
  const dScores = tf.sub(weighted, tf.mul(weights, tf.sum(weighted, -1, true)));
  return [
    tf.matMul(dScores, key),
    tf.matMul(dScores, query, true, false),
    tf.matMul(dropped, dy, true, false),
    sumToShape(dScores, bias.shape),
  ];
}
