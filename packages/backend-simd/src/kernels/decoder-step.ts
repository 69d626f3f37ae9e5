import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { SimdBackend } from "../backend.js";
import { type DecoderLayer, DecoderStepJobs, placesOfStep } from "./decoder-step-jobs.js";
import { areAll, byName, type KernelTable } from "./kernel.js";

export const decoderStepKernels: KernelTable = {
  DecoderStep: ({ inputs, attrs, backend }) =>
    decoderStep(backend, Object.values(inputs), attrs, (jobs, norm, head) => jobs.addLogits(norm, head)),
  GreedyStep: ({ inputs, attrs, backend }) => {
    const tensors = Object.values(inputs);
    const others = tensors.splice(-QUANTIZED.length);
    const quantized = byName(QUANTIZED, others, 0);
    return decoderStep(backend, tensors, attrs, (jobs, norm, head) => jobs.addBestTokens(norm, head, quantized));
  },
};

/** What `GreedyStep` has behind the inputs of `DecoderStep`. */
const QUANTIZED = ["codes", "scales", "errors"] as const;

/** As many as `rowsTimesTransposed` takes. */
const MOST_ROWS = 16;

/**
 * Everything a position needs of the decoder and the output layer, as one list of jobs. There are some ten of them in
 * a block, of microseconds each, with no more than a few rows: as operations of their own they'd take as long to be called
 * as to be done.
 */
function decoderStep(
  backend: SimdBackend,
  tensors: TensorInfo[],
  attrs: Record<string, unknown>,
  addHead: (jobs: DecoderStepJobs, norm: TensorInfo, head: TensorInfo) => TensorInfo,
): TensorInfo[] | undefined {
  if (!areAll("float32", ...tensors)) return undefined;
  const [x, crossBias, finalNorm, head, ...weights] = tensors as FirstInputs;
  const [rows, , dModel] = x.shape as [number, number, number];
  if (rows > MOST_ROWS) {
    throw new RangeError(`DecoderStep: x: expected at most ${MOST_ROWS} rows, got [${x.shape.join(", ")}]`);
  }
  const { numLayers, numHeads, epsilon } = attrs as { numLayers: number; numHeads: number; epsilon: number };
  const perLayer = weights.length / numLayers;
  const layers = Array.from({ length: numLayers }, (_, i) => layerOf(weights, i * perLayer, attrs));
  const { query, up, past, crossKey } = layers[0] as DecoderLayer;
  const [inner, dFf] = [query.shape[0] as number, up.shape[0] as number];
  const sizes = { rows, dModel, inner, dFf, numHeads, depth: inner / numHeads, vocab: head.shape[0] as number };
  const keys = Math.max((past?.key.shape[2] ?? 0) + 1, crossKey.shape[2] as number);

  const places = placesOfStep(sizes, backend.pool.threads, keys);
  return backend.withMemory(places.bytes, (start) => {
    const step = new DecoderStepJobs(backend, backend.address(x), crossBias, sizes, epsilon, places.from(start));
    const keyValues = layers.map((layer) => step.addBlock(layer));
    const found = addHead(step, finalNorm, head);
    backend.pool.runAll(step.jobs);
    return [found, ...keyValues.flat()];
  });
}

type FirstInputs = [x: TensorInfo, crossBias: TensorInfo, finalNorm: TensorInfo, head: TensorInfo, ...TensorInfo[]];

/** A layer's inputs, in order; a gate, a past key and a past value follow, if there are. */
const LAYER_INPUTS = [
  "selfAttentionNorm",
  "query",
  "key",
  "value",
  "output",
  "selfBias",
  "crossAttentionNorm",
  "crossQuery",
  "crossOutput",
  "crossKey",
  "crossValue",
  "feedForwardNorm",
  "up",
  "down",
] as const;

function layerOf(inputs: TensorInfo[], first: number, { isGated, hasPast }: Record<string, unknown>): DecoderLayer {
  let next = first + LAYER_INPUTS.length;
  const gate = isGated === true ? inputs[next++] : undefined;
  const [key, value] = [inputs[next] as TensorInfo, inputs[next + 1] as TensorInfo];
  const past = hasPast === true ? { key, value } : undefined;
  return Object.assign(byName(LAYER_INPUTS, inputs, first), { gate, past });
}
