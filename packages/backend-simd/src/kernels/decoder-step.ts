import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { SimdBackend } from "../backend.js";
import { type DecoderLayer, DecoderStepJobs, placesOfStep, type QuantizedHead } from "./decoder-step-jobs.js";
import { areAll, byName, type KernelTable } from "./kernel.js";

export const decoderStepKernels: KernelTable = {
  DecoderStep: ({ inputs, attrs, backend }) => {
    const [x, ...tensors] = Object.values(inputs) as [TensorInfo, ...TensorInfo[]];
    if (!areAll("float32", x, ...tensors)) return undefined;
    const decoder = decoderOf(tensors, attrs);
    checkRows("DecoderStep: x", x);
    const { found, keyValues } = takeStep(backend, decoder, x, (jobs) => jobs.addLogits(decoder.norm, decoder.head));
    return [found, ...keyValues.flat()];
  },
  GreedySteps: ({ inputs, attrs, backend }) => {
    const [ids, ...tensors] = Object.values(inputs) as [TensorInfo, ...TensorInfo[]];
    const { codes, scales, errors, embedding } = byName(BEHIND_GREEDY, tensors.splice(-BEHIND_GREEDY.length), 0);
    if (ids.dtype !== "int32" || !areAll("float32", embedding, ...tensors)) return undefined;
    const decoder = decoderOf(tensors, attrs);
    checkRows("GreedySteps: ids", ids);
    checkIds(backend.values(ids) as Int32Array, embedding.shape[0] as number);
    const head = { codes, scales, errors };
    return takeGreedySteps(backend, decoder, head, embedding, ids, attrs as GreedyAttributes);
  },
};

/** What `GreedySteps` has behind the inputs of `DecoderStep`. */
const BEHIND_GREEDY = ["codes", "scales", "errors", "embedding"] as const;

type GreedyAttributes = { steps: number; endToken: number; hasEnded: boolean[]; milliseconds: number };

/** As many as `rowsTimesTransposed` takes. */
const MOST_ROWS = 16;

function checkRows(what: string, { shape }: TensorInfo): void {
  if ((shape[0] as number) <= MOST_ROWS) return;
  throw new RangeError(`${what}: expected at most ${MOST_ROWS} rows, got [${shape.join(", ")}]`);
}

function checkIds(ids: Int32Array, vocab: number): void {
  const at = ids.findIndex((id) => id < 0 || id >= vocab);
  if (at === -1) return;
  throw new RangeError(`GreedySteps: ids: expected integers from 0 to ${vocab - 1}, got ${ids[at]} at ${at}`);
}

type Decoder = {
  crossBias: TensorInfo;
  norm: TensorInfo;
  head: TensorInfo;
  layers: DecoderLayer[];
  numHeads: number;
  epsilon: number;
};

function decoderOf(tensors: TensorInfo[], attrs: Record<string, unknown>): Decoder {
  const [crossBias, norm, head, ...weights] = tensors as [TensorInfo, TensorInfo, TensorInfo, ...TensorInfo[]];
  const { numLayers, numHeads, epsilon } = attrs as { numLayers: number; numHeads: number; epsilon: number };
  const perLayer = weights.length / numLayers;
  const layers = Array.from({ length: numLayers }, (_, i) => layerOf(weights, i * perLayer, attrs));
  return { crossBias, norm, head, layers, numHeads, epsilon };
}

type KeyValue = [key: TensorInfo, value: TensorInfo];

/**
 * Everything a position needs of the decoder and the output layer, as one list of jobs. There are some ten of them in
 * a block, of microseconds each, with no more than a few rows: as operations of their own they'd take as long to be called
 * as to be done.
 */
function takeStep(
  backend: SimdBackend,
  { crossBias, head, layers, numHeads, epsilon }: Decoder,
  x: TensorInfo,
  addHead: (jobs: DecoderStepJobs) => TensorInfo,
): { found: TensorInfo; keyValues: KeyValue[] } {
  const [rows, , dModel] = x.shape as [number, number, number];
  const { query, up, past, crossKey } = layers[0] as DecoderLayer;
  const [inner, dFf] = [query.shape[0] as number, up.shape[0] as number];
  const sizes = { rows, dModel, inner, dFf, numHeads, depth: inner / numHeads, vocab: head.shape[0] as number };
  const keys = Math.max((past?.key.shape[2] ?? 0) + 1, crossKey.shape[2] as number);

  const places = placesOfStep(sizes, backend.pool.threads, keys);
  return backend.withMemory(places.bytes, (start) => {
    const step = new DecoderStepJobs(backend, backend.address(x), crossBias, sizes, epsilon, places.from(start));
    const keyValues = layers.map((layer) => step.addBlock(layer));
    const found = addHead(step);
    backend.pool.runAll(step.jobs);
    return { found, keyValues };
  });
}

/** Steps without the way through tfjs between them, which takes a tenth as long as a step of a small model. */
function takeGreedySteps(
  backend: SimdBackend,
  decoder: Decoder,
  quantized: QuantizedHead,
  embedding: TensorInfo,
  ids: TensorInfo,
  { steps, endToken, hasEnded, milliseconds }: GreedyAttributes,
): TensorInfo[] {
  const stopAt = performance.now() + milliseconds;
  const isOpen = hasEnded.map((hasEnded) => !hasEnded);
  const [rows, dModel] = [ids.shape[0] as number, embedding.shape[1] as number];
  const x = backend.output([rows, 1, dModel]);
  let fed: ArrayLike<number> = backend.values(ids) as Int32Array;
  const chosen: number[] = [];
  let { layers } = decoder;
  let keyValues: KeyValue[] = [];
  for (let step = 0; step < steps && isOpen.includes(true) && (step === 0 || performance.now() < stopAt); step++) {
    placeRows(backend, embedding, fed, x);
    const next = takeStep(backend, { ...decoder, layers }, x, (jobs) =>
      jobs.addBestTokens(decoder.norm, decoder.head, quantized),
    );
    fed = Array.from(backend.values(next.found) as Int32Array);
    for (const made of [next.found, ...keyValues.flat()]) backend.disposeData(made.dataId);
    keyValues = next.keyValues;
    layers = layers.map((layer, i) => {
      const [key, value] = keyValues[i] as KeyValue;
      return { ...layer, past: { key, value } };
    });
    for (let row = 0; row < rows; row++) {
      const token = fed[row] as number;
      chosen.push(token);
      if (token === endToken) isOpen[row] = false;
    }
  }
  backend.disposeData(x.dataId);
  const tokens = backend.output([chosen.length / rows, rows], "int32");
  backend.heap.int32.set(chosen, backend.address(tokens) / 4);
  return [tokens, ...keyValues.flat()];
}

/** Sets the rows of `x` to those of `embedding` that `ids` say. */
function placeRows(backend: SimdBackend, embedding: TensorInfo, ids: ArrayLike<number>, x: TensorInfo): void {
  const dModel = embedding.shape[1] as number;
  const [from, to] = [backend.address(embedding) / 4, backend.address(x) / 4];
  const { float32 } = backend.heap;
  for (let row = 0; row < ids.length; row++) {
    const id = ids[row] as number;
    float32.copyWithin(to + row * dModel, from + id * dModel, from + (id + 1) * dModel);
  }
}

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
