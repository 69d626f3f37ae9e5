import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { SimdBackend } from "../backend.js";
import { areFasterTransposed } from "../multiply.js";
import { EncoderJobs, type EncoderLayer, type EncoderSizes, placesOfEncoder } from "./encoder-jobs.js";
import { areAll, byName, type KernelArguments, type KernelTable } from "./kernel.js";
import { transposeMatrices } from "./transpose.js";
import { placesOfTransposedEncoder, TransposedEncoderJobs } from "./transposed-encoder-jobs.js";

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

type EncoderSpec = {
  sizes: EncoderSizes;
  layers: readonly EncoderLayer[];
  finalNorm: TensorInfo;
  isGated: boolean;
  epsilon: number;
};

function encodeRows(backend: SimdBackend, x: TensorInfo, spec: EncoderSpec): TensorInfo {
  const { sizes, layers, finalNorm, isGated, epsilon } = spec;
  const encoded = backend.output(x.shape);
  const places = placesOfEncoder(backend, sizes, isGated);
  return backend.withMemory(places.bytes, (start) => {
    const [from, to] = [backend.address(x), backend.address(encoded)];
    backend.heap.float32.copyWithin(to / 4, from / 4, from / 4 + util.sizeFromShape(x.shape));
    const jobs = new EncoderJobs(backend, to, sizes, epsilon, places.from(start));
    for (const layer of layers) jobs.addBlock(layer);
    jobs.addNorm(finalNorm);
    backend.pool.runAll(jobs.jobs);
    return encoded;
  });
}

function encodeColumns(backend: SimdBackend, x: TensorInfo, spec: EncoderSpec): TensorInfo {
  const { sizes, layers, finalNorm, isGated, epsilon } = spec;
  const encoded = backend.output(x.shape);
  const places = placesOfTransposedEncoder(backend, sizes, isGated);
  return backend.withMemory(places.bytes, (start) => {
    const at = places.from(start);
    const [tokens, features] = [sizes.batch * sizes.length, sizes.dModel];
    transposeMatrices(backend, backend.address(x), at.x, { count: 1, rows: tokens, columns: features });
    const jobs = new TransposedEncoderJobs(backend, sizes, epsilon, at);
    for (const layer of layers) jobs.addBlock(layer);
    jobs.addNorm(finalNorm);
    backend.pool.runAll(jobs.jobs);
    transposeMatrices(backend, at.normed, backend.address(encoded), { count: 1, rows: features, columns: tokens });
    return encoded;
  });
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
