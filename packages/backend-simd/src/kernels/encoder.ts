import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import { EncoderJobs, type EncoderLayer, placesOfEncoder } from "./encoder-jobs.js";
import { areAll, byName, type KernelArguments, type KernelTable } from "./kernel.js";

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

  const encoded = backend.output(x.shape);
  const places = placesOfEncoder(backend, sizes, isGated);
  return backend.withMemory(places.bytes, (start) => {
    const [from, to] = [backend.address(x) / 4, backend.address(encoded) / 4];
    backend.heap.float32.copyWithin(to, from, from + util.sizeFromShape(x.shape));
    const jobs = new EncoderJobs(backend, to * 4, sizes, epsilon, places.from(start));
    for (const layer of layers) jobs.addBlock(layer);
    jobs.addNorm(finalNorm);
    backend.pool.runAll(jobs.jobs);
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
