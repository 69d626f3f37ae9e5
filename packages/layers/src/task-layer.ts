import type { Rng } from "@t5ts/random";
import * as tf from "@tensorflow/tfjs-core";
import { type AdapterParams, adapter, initAdapter } from "./adapter.js";
import {
  type BlockOptions,
  type BlockSize,
  type EncoderBlockParams,
  encoderBlock,
  initEncoderBlock,
} from "./encoder-block.js";
import { type LinearParams, linear } from "./linear.js";

/** What stands between encoder and decoder for one task. */
export type TaskLayerConfig =
  | { kind: "identity" }
  | { kind: "linear" }
  | { kind: "adapter"; dBottleneck: number }
  | { kind: "block" };

/** The parameters of the kind that the configuration names, and of no other. */
export type TaskLayerParams = { linear?: LinearParams; adapter?: AdapterParams; block?: EncoderBlockParams };

/** Every kind starts as the identity, so that a layer added to a trained model changes nothing until it is trained. */
export function initTaskLayer(rng: Rng, config: TaskLayerConfig, size: BlockSize): TaskLayerParams {
  const { dModel } = size;
  switch (config.kind) {
    case "identity":
      return {};
    case "linear":
      return { linear: { weight: tf.eye(dModel) } };
    case "adapter":
      return { adapter: initAdapter(rng, { dModel, dBottleneck: config.dBottleneck }) };
    case "block": {
      const block = initEncoderBlock(rng, size);
      const { output } = block.selfAttention;
      const { down } = block.feedForward;
      return {
        block: {
          ...block,
          selfAttention: { ...block.selfAttention, output: zeroed(output) },
          feedForward: { ...block.feedForward, down: zeroed(down) },
        },
      };
    }
  }
}

/**
 * The encoder's output made ready for one task: [batch, length, dModel] → the same.
 *
 * @param bias Hides padding from the kind `block`; broadcasts to [batch, heads, length, length].
 */
export function taskLayer(params: TaskLayerParams, x: tf.Tensor, bias: tf.Tensor, options: BlockOptions): tf.Tensor {
  if (params.linear) return linear(params.linear, x);
  if (params.adapter) return adapter(params.adapter, x, options.layerNormEpsilon);
  if (params.block) return encoderBlock(params.block, x, bias, options);
  return x;
}

function zeroed({ weight }: LinearParams): LinearParams {
  const zeros = tf.zerosLike(weight);
  weight.dispose();
  return { weight: zeros };
}
