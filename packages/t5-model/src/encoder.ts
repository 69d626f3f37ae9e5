import {
  combineBiases,
  type EncoderBlockParams,
  encoderBlock,
  paddingBias,
  partsBias,
  rmsNorm,
  taskLayer,
  windowsBias,
} from "@t5ts/layers";
import { checkShape, dropout, recompute, tidy } from "@t5ts/tensor-core";
import * as tf from "@tensorflow/tfjs-core";
import type { T5Config } from "./config.js";
import { fusedEncoder } from "./fused/encoder.js";
import { embeddingOf, type T5Model } from "./params.js";
import { blockOptions, type PassOptions, replayed, type TrainingPassOptions } from "./pass.js";
import { embedPlaced, positionBiases } from "./positions.js";

/** `inputMask` [batch, inputLength] is 1 for tokens, 0 for padding; without it, what isn't `padTokenId` is a token. */
export type T5Inputs = { inputIds: tf.Tensor2D; inputMask?: tf.Tensor2D };

/** What the decoder sees of the input: `encoded` [batch, inputLength, dModel] and where it is padding. */
export type Encoded = { encoded: tf.Tensor3D; inputMask: tf.Tensor2D };

/** Encodes the input, and passes it through the layer of the task if one is named. */
export function encode(model: T5Model, inputs: T5Inputs, options: TrainingPassOptions = {}): Encoded {
  const { config, params } = model;
  checkShape("encode: inputIds", inputs.inputIds, ["batch", "inputLength"]);
  if (inputs.inputIds.size === 0) {
    throw new RangeError(`encode: inputIds: expected at least one token, got [${inputs.inputIds.shape.join(", ")}]`);
  }
  const inputMask: tf.Tensor2D =
    inputs.inputMask ?? tf.cast(tf.notEqual(inputs.inputIds, config.padTokenId) as tf.Tensor2D, "int32");
  checkShape("encode: inputMask", inputMask, inputs.inputIds.shape);

  const placed = embedPlaced(config, embeddingOf(params, "encoder"), params.encoder, inputs.inputIds, {
    start: 0,
    ...options,
  });
  let x = encoderBlocks(model, placed, encoderBiases(model, inputMask), options);
  x = dropout(x, config.dropoutRate, options.rng);
  if (options.task !== undefined) x = throughTaskLayer(model, options.task, x, inputMask, options);
  return { encoded: x as tf.Tensor3D, inputMask };
}

/**
 * Passes x through the blocks and the norm behind them: [batch, inputLength, dModel] → the same.
 *
 * @param bias What each layer adds to its scores.
 */
function encoderBlocks(
  model: T5Model,
  x: tf.Tensor,
  bias: (layer: number) => tf.Tensor,
  options: TrainingPassOptions,
): tf.Tensor {
  const { config, params } = model;
  const { blocks, finalNorm } = params.encoder;
  const fused = fusedEncoder(model, x, bias, options);
  if (fused !== undefined) return fused;
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

/** What each layer adds to its scores: padding, the regions of the heads, relative positions. */
function encoderBiases({ config, params }: T5Model, inputMask: tf.Tensor2D): (layer: number) => tf.Tensor {
  const length = inputMask.shape[1];
  const position = positionBiases(config, params.encoder, {
    isBidirectional: true,
    queryLength: length,
    keyLength: length,
  });
  const masks = [
    paddingBias(inputMask),
    inputRegions(config, inputMask),
    windows(config, { queryLength: length, keyLength: length }),
  ];
  return sumOncePerBias(masks, position);
}

/** Where heads see a part each of the input: [batch, heads, 1, inputLength]. */
export function inputRegions({ headRegions, numHeads }: T5Config, inputMask: tf.Tensor2D): tf.Tensor | undefined {
  return headRegions.kind === "parts" ? partsBias(inputMask, numHeads) : undefined;
}

/** Where heads see a window around each position: [1, heads, queryLength, keyLength]. */
export function windows(
  { headRegions, numHeads }: T5Config,
  lengths: { queryLength: number; keyLength: number },
): tf.Tensor | undefined {
  return headRegions.kind === "windows" ? windowsBias(headRegions.radius, { numHeads, ...lengths }) : undefined;
}

/** `masks` plus a layer's position bias, added once where layers share it. */
export function sumOncePerBias(
  masks: (tf.Tensor | undefined)[],
  position: (layer: number) => tf.Tensor | undefined,
): (layer: number) => tf.Tensor {
  const sums = new Map<tf.Tensor | undefined, tf.Tensor>();
  return (layer) => {
    const bias = position(layer);
    const sum = sums.get(bias) ?? combineBiases(...masks, bias);
    sums.set(bias, sum);
    return sum;
  };
}

function throughTaskLayer(
  { config, params }: T5Model,
  task: string,
  x: tf.Tensor,
  inputMask: tf.Tensor2D,
  options: PassOptions,
): tf.Tensor {
  const layer = Object.hasOwn(params.taskLayers, task) ? params.taskLayers[task] : undefined;
  if (layer === undefined) {
    const known = Object.keys(params.taskLayers).join(", ") || "none";
    throw new Error(`encode: task: expected one that the model has a layer for (${known}), got "${task}"`);
  }
  const pass = blockOptions(config, options, { kind: "task", layer: 0 });
  return tidy(() => taskLayer(layer, x, paddingBias(inputMask), pass));
}
