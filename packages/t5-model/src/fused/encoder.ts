import { runFusedKernel } from "@t5ts/tensor-core";
import type * as tf from "@tensorflow/tfjs-core";
import type { T5Model } from "../params.js";
import type { PassOptions } from "../pass.js";
import { runsFused } from "./runs-fused.js";

/**
 * Passes x through an encoder's blocks and the norm behind them in one kernel: [batch, inputLength, dModel] → the same.
 *
 * @param bias What each layer adds to its scores.
 * @returns Undefined where the backend has no such kernel, or the case isn't the kernel's.
 */
export function fusedEncoder(
  { config, params }: T5Model,
  x: tf.Tensor,
  bias: (layer: number) => tf.Tensor,
  options: PassOptions,
): tf.Tensor | undefined {
  const { blocks, finalNorm } = params.encoder;
  if (blocks.length === 0 || !runsFused("Encoder", config, blocks, options)) return undefined;
  const layers = blocks.map(({ selfAttentionNorm, selfAttention, feedForwardNorm, feedForward }, layer) => [
    selfAttentionNorm.weight,
    selfAttention.query.weight,
    selfAttention.key.weight,
    selfAttention.value.weight,
    selfAttention.output.weight,
    bias(layer),
    feedForwardNorm.weight,
    feedForward.up.weight,
    feedForward.down.weight,
    ...(feedForward.gate === undefined ? [] : [feedForward.gate.weight]),
  ]);
  const { numHeads, layerNormEpsilon, feedForwardProj } = config;
  return runFusedKernel("Encoder", [x, finalNorm.weight, ...layers.flat()], {
    numLayers: blocks.length,
    numHeads,
    epsilon: layerNormEpsilon,
    isGated: feedForwardProj === "gated-gelu",
  })[0] as tf.Tensor;
}
