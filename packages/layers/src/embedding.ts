import type { Rng } from "@t5ts/random";
import { checkShape, embeddingLookup, matMulRows, randomNormal, relu } from "@t5ts/tensor-core";
import type * as tf from "@tensorflow/tfjs-core";
import { initLinear, type LinearParams, linear } from "./linear.js";

/**
 * `weight` is [vocabSize, dEmbedding]; dEmbedding is dModel unless `mlp` maps it there: `up` is [dHidden, dEmbedding],
 * `down` [dModel, dHidden].
 */
export type EmbeddingParams = { weight: tf.Tensor2D; mlp?: { up: LinearParams; down: LinearParams } };

/** The widths of an embedding with a multilayer perceptron behind it. */
export type EmbeddingMlp = { dEmbedding: number; dHidden: number };

export function initEmbedding(
  rng: Rng,
  { vocabSize, dModel, mlp }: { vocabSize: number; dModel: number; mlp?: EmbeddingMlp },
): EmbeddingParams {
  const weight = randomNormal(rng, [vocabSize, mlp?.dEmbedding ?? dModel]) as tf.Tensor2D;
  if (mlp === undefined) return { weight };
  return {
    weight,
    mlp: {
      up: initLinear(rng, mlp.dEmbedding, mlp.dHidden, mlp.dEmbedding ** -0.5),
      // √2, since relu halves the mean square.
      down: initLinear(rng, mlp.dHidden, dModel, (2 / mlp.dHidden) ** 0.5),
    },
  };
}

/** A vector for each id: [...] int32 → [..., dModel]. */
export function embed(params: EmbeddingParams, ids: tf.Tensor): tf.Tensor {
  const x = embeddingLookup(params.weight, ids);
  return params.mlp === undefined ? x : linear(params.mlp.down, relu(linear(params.mlp.up, x)));
}

/** The logits of an output layer that shares the embedding: [..., dModel] → [..., vocabSize]. */
export function unembed(params: EmbeddingParams, x: tf.Tensor): tf.Tensor {
  checkShape("unembed: x", x, ["...", params.weight.shape[1]]);
  return matMulRows(x, params.weight, true);
}
