import type { TensorInfo } from "@tensorflow/tfjs-core";
import { areFasterTransposed } from "../multiply.js";
import { encodeColumns } from "./column-encoder.js";
import type { EncoderLayer } from "./encoder-jobs.js";
import { areAll, byName, type KernelArguments, type KernelTable } from "./kernel.js";
import { encodeRows } from "./row-encoder.js";

export const encoderKernels: KernelTable = { Encoder: (args) => encoder(args) };

/**
 * All blocks of an encoder and the norm behind them, as one list of jobs: what is computed on the way has the same few
 * places in every block, so that it stays in the cache.
 */
function encoder({ inputs, attrs, backend }: KernelArguments): TensorInfo | undefined {
  const tensors = Object.values(inputs);
  if (!areAll("float32", ...tensors)) return undefined;
  const [x, finalNorm, ...weights] = tensors as [TensorInfo, TensorInfo, ...TensorInfo[]];
  const [batch, length, dModel] = x.shape as [number, number, number];
  const { numLayers, numHeads, epsilon } = attrs as { numLayers: number; numHeads: number; epsilon: number };
  const perLayer = weights.length / numLayers;
  const isGated = attrs.isGated === true;
  const layers = Array.from({ length: numLayers }, (_, i): EncoderLayer => {
    const first = i * perLayer;
    const gate = isGated ? weights[first + LAYER_INPUTS.length] : undefined;
    return Object.assign(byName(LAYER_INPUTS, weights, first), { gate });
  });
  const { query, up } = layers[0] as EncoderLayer;
  const [inner, dFf] = [query.shape[0] as number, up.shape[0] as number];
  const sizes = { batch, length, dModel, inner, dFf, numHeads, depth: inner / numHeads };
  const run = areFasterTransposed(backend, batch * length) ? encodeColumns : encodeRows;
  return run(backend, x, { sizes, layers, finalNorm, isGated, epsilon });
}

/** A layer's inputs, in order; a gate follows, if there is one. */
const LAYER_INPUTS = [
  "selfAttentionNorm",
  "query",
  "key",
  "value",
  "output",
  "bias",
  "feedForwardNorm",
  "up",
  "down",
] as const;
