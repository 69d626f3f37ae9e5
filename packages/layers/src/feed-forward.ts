import type { Rng } from "@t5ts/random";
import { dropout, gatedGelu, gelu, relu } from "@t5ts/tensor-core";
import * as tf from "@tensorflow/tfjs-core";
import { initLinear, type LinearParams, linear } from "./linear.js";

/** `gate` only in the gated kinds. All three are without bias; `up` and `gate` are [dFf, dModel]. */
export type FeedForwardParams = { gate?: LinearParams; up: LinearParams; down: LinearParams };

/**
 * What happens between the two layers, by Hugging Face's names; the gated kinds multiply by a second projection
 * (Shazeer 2020). `gelu` is the exact form by erf; `gelu_new` and `gated-gelu`, T5 v1.1's, the one by tanh.
 */
export type Activation = (typeof ACTIVATIONS)[number];

export const ACTIVATIONS = ["relu", "gelu", "gelu_new", "silu", "gated-relu", "gated-gelu", "gated-silu"] as const;

export function initFeedForward(
  rng: Rng,
  { dModel, dFf, activation }: { dModel: number; dFf: number; activation: Activation },
): FeedForwardParams {
  const up = (): LinearParams => initLinear(rng, dModel, dFf, dModel ** -0.5);
  return {
    ...(activation.startsWith("gated-") ? { gate: up() } : {}),
    up: up(),
    down: initLinear(rng, dFf, dModel, dFf ** -0.5),
  };
}

/**
 * Two linear layers with an activation between them: [..., dModel] → [..., dModel].
 *
 * @throws Error if the activation is a gated one and the parameters have no gate, or the other way round.
 */
export function feedForward(
  params: FeedForwardParams,
  x: tf.Tensor,
  { activation, dropoutRate, rng }: { activation: Activation; dropoutRate: number; rng?: Rng },
): tf.Tensor {
  if (activation.startsWith("gated-") !== (params.gate !== undefined)) {
    throw new Error(`feedForward: activation "${activation}" and ${params.gate ? "a" : "no"} gate in the parameters`);
  }
  const up = linear(params.up, x);
  const h = params.gate === undefined ? activate(activation, up) : gated(activation, linear(params.gate, x), up);
  return linear(params.down, dropout(h, dropoutRate, rng));
}

function gated(activation: Activation, gate: tf.Tensor, x: tf.Tensor): tf.Tensor {
  return activation === "gated-gelu" ? gatedGelu(gate, x) : tf.mul(activate(activation, gate), x);
}

function activate(activation: Activation, x: tf.Tensor): tf.Tensor {
  switch (activation) {
    case "relu":
    case "gated-relu":
      return relu(x);
    case "gelu":
      return tf.mul(tf.mul(0.5, x), tf.add(1, tf.erf(tf.mul(Math.SQRT1_2, x))));
    case "gelu_new":
    case "gated-gelu":
      return gelu(x);
    case "silu":
    case "gated-silu":
      return tf.mul(x, tf.sigmoid(x));
  }
}
