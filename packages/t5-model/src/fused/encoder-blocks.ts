import { type EncoderBlockParams, encoderBlock, rmsNorm } from "@t5ts/layers";
import { recompute, runFusedKernel, tidy } from "@t5ts/tensor-core";
import type * as tf from "@tensorflow/tfjs-core";
import type { T5Model } from "../params.js";
import { blockOptions, type PassOptions, replayed } from "../pass.js";
import { runsAsOneKernel } from "./one-kernel.js";

/**
 * An encoder's blocks, and the norm behind them: [batch, inputLength, dModel] → the same.
 *
 * @param bias What each layer adds to its scores.
 */
export function encoderBlocks(
  model: T5Model,
  x: tf.Tensor,
  bias: (layer: number) => tf.Tensor,
  options: PassOptions,
): tf.Tensor {
  const { config, params } = model;
  const { blocks, finalNorm } = params.encoder;
  if (blocks.length > 0 && runsAsOneKernel("Encoder", config, blocks, options)) return asOneKernel(model, x, bias);
  for (const [layer, block] of blocks.entries()) {
    const pass = blockOptions(config, options, { kind: "encoder", layer });
    const rng = replayed(options.rng);
    const run = (inputs: { block: EncoderBlockParams; x: tf.Tensor; bias: tf.Tensor }): tf.Tensor =>
      encoderBlock(inputs.block, inputs.x, inputs.bias, { ...pass, rng: rng() });
    // Its bias is made outside of `tidy`: the next layer's may be the same tensor.
    const inputs = { block, x, bias: bias(layer) };
    x = tidy(() => (options.recomputesBlocks ? recompute(run, inputs) : run(inputs)));
  }
  return rmsNorm(finalNorm, x, config.layerNormEpsilon);
}

function asOneKernel({ config, params }: T5Model, x: tf.Tensor, bias: (layer: number) => tf.Tensor): tf.Tensor {
  const { blocks, finalNorm } = params.encoder;
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
