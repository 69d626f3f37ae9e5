import { createRng } from "@t5ts/random";
import { initT5, T5_TINY, type T5Config, type T5Model } from "@t5ts/t5-model";
import { namedLeaves, withLeaves } from "@t5ts/tensor-core";
import * as tf from "@tensorflow/tfjs-core";

/**
 * A T5 that gives the logits of a table, so that cases which script the model run through the whole of generation.
 *
 * By `token`, the logits after token i are row i of `logits`. By `input`, they are row i at every step, where the input
 * is the one token i. Rows shorter than `vocabSize` have tokens that never come.
 */
export function scriptedModel(by: "token" | "input", logits: number[][], vocabSize: number): T5Model {
  const size = Math.max(vocabSize, logits.length);
  const config: T5Config = {
    ...T5_TINY,
    vocabSize: size,
    dModel: size,
    dKv: size,
    numHeads: 1,
    dFf: 1,
    numLayers: 1,
    numDecoderLayers: 1,
    sharesEmbedding: false,
    tieWordEmbeddings: false,
    scaleDecoderOutputs: false,
    layerNormEpsilon: 1e-30,
  };
  const one = tf.eye(size);
  const rows = Array.from({ length: size }, (_, i) =>
    Array.from({ length: size }, (_, token) => logits[i]?.[token] ?? NEVER),
  );
  // A normed unit vector is √dModel long. The output layer's rows are of one token each.
  const output = tf.div(tf.transpose(tf.tensor2d(rows)), Math.sqrt(size));
  const weights: Record<string, tf.Tensor> =
    by === "token"
      ? { "decoderEmbedding.weight": one, "lmHead.weight": output }
      : {
          "embedding.weight": one,
          "decoder.blocks.0.crossAttention.value.weight": one,
          "decoder.blocks.0.crossAttention.output.weight": one,
          "lmHead.weight": output,
        };
  const params = initT5(createRng(0), config);
  // What isn't named passes everything through: norms of 1, and sublayers that add 0.
  const leaves = namedLeaves(params).map(
    ([path, leaf]) => weights[path] ?? (path.includes("Norm") ? tf.ones(leaf.shape) : tf.zeros(leaf.shape)),
  );
  return { config, params: withLeaves(params, leaves) };
}

const NEVER = -1e9;
