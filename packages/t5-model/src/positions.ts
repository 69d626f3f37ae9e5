import { addSinusoidalPositions, type EmbeddingParams, embed, relativePositionBias } from "@t5ts/layers";
import { dropout } from "@t5ts/tensor-core";
import type * as tf from "@tensorflow/tfjs-core";
import type { T5Config } from "./config.js";
import type { StackParams } from "./params.js";
import type { PassOptions } from "./pass.js";

/** The words of a stack's input, placed: [batch, length] → [batch, length, dModel]. `start` is their first position. */
export function embedPlaced(
  config: T5Config,
  embedding: EmbeddingParams,
  stack: StackParams<unknown>,
  ids: tf.Tensor2D,
  { start, rng }: { start: number } & PassOptions,
): tf.Tensor {
  let x = embed(embedding, ids);
  if (config.positions.kind === "sinusoidal" && stack.positions !== undefined) {
    x = addSinusoidalPositions(stack.positions, x, { start, layout: config.positions.layout });
  }
  return dropout(x, config.dropoutRate, rng);
}

/**
 * The position bias of each layer [1, heads, queryLength, keyLength]: one tensor for all layers, one for each, or
 * none where positions are sinusoidal.
 */
export function positionBiases(
  config: T5Config,
  stack: StackParams<unknown>,
  { isBidirectional, queryLength, keyLength }: { isBidirectional: boolean; queryLength: number; keyLength: number },
): (layer: number) => tf.Tensor | undefined {
  const { positions } = config;
  if (positions.kind !== "relative") return () => undefined;
  const { numBuckets, maxDistance } = positions;
  const biases = stack.positionBias.map((params) =>
    relativePositionBias(params, { queryLength, keyLength, isBidirectional, numBuckets, maxDistance }),
  );
  return (layer) => biases[positions.inEveryLayer ? layer : 0];
}
