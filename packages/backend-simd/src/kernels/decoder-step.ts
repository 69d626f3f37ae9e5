import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { SimdBackend } from "../backend.js";
import {
  type DecoderLayer,
  DecoderStepJobs,
  type KeyValuePlace,
  placesOfStep,
  type QuantizedHead,
  type StepSizes,
} from "./decoder-step-jobs.js";
import { areAll, byName, type KernelTable } from "./kernel.js";
import { layOut } from "./places.js";

export const decoderStepKernels: KernelTable = {
  DecoderStep: ({ inputs, attrs, backend }) => {
    const [x, ...tensors] = Object.values(inputs) as [TensorInfo, ...TensorInfo[]];
    if (!areAll("float32", x, ...tensors)) return undefined;
    const decoder = decoderOf(tensors, attrs);
    checkRows("DecoderStep: x", x);
    return takeStep(backend, decoder, x);
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

/**
 * Everything a position needs of the decoder and the output layer, as one list of jobs. There are some ten of them in
 * a block, of microseconds each, with no more than a few rows: as operations of their own they'd take as long to be called
 * as to be done.
 */
function takeStep(backend: SimdBackend, decoder: Decoder, x: TensorInfo): TensorInfo[] {
  const { crossBias, norm, head, layers, epsilon } = decoder;
  const sizes = sizesOf(decoder, x.shape[0] as number);
  const positions = pastOf(decoder) + 1;
  const places = placesOfStep(sizes, backend.pool.threads, mostKeys(decoder, positions));
  return backend.withMemory(places.bytes, (start) => {
    const step = new DecoderStepJobs(backend, backend.address(x), crossBias, sizes, epsilon, places.from(start));
    const keyValues = layers.map((layer) => {
      const [key, value] = outputKeyValue(backend, sizes, positions);
      step.addBlock(layer, { key: backend.address(key), value: backend.address(value) });
      return [key, value];
    });
    const logits = step.addLogits(norm, head);
    backend.pool.runAll(step.jobs);
    return [logits, ...keyValues.flat()];
  });
}

/**
 * Steps without the way through tfjs between them, which takes a tenth as long as a step of a small model. Their list of jobs
 * is made once: from step to step the keys and values go from one of two places to the other.
 */
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
  const { crossBias, norm, head, layers, epsilon } = decoder;
  const sizes = sizesOf(decoder, ids.shape[0] as number);
  const { rows, dModel, inner } = sizes;
  const before = pastOf(decoder);
  const places = placesOfStep(sizes, backend.pool.threads, mostKeys(decoder, before + steps));
  const perKeys = rows * (before + steps) * inner;
  const more = layOut({ input: rows * dModel, tokens: rows, keyValues: 4 * layers.length * perKeys });
  return backend.withMemory(places.bytes + more.bytes, (start) => {
    const { input, tokens, keyValues } = more.from(start + places.bytes);
    const placeAfter = (step: number, layer: number): KeyValuePlace => {
      const key = keyValues + 4 * perKeys * (4 * layer + 2 * (step % 2));
      return { key, value: key + 4 * perKeys };
    };
    const jobs = new DecoderStepJobs(backend, input, crossBias, sizes, epsilon, places.from(start));
    for (const [i, layer] of layers.entries()) jobs.addBlock(layer, placeAfter(0, i));
    jobs.addBestTokens(norm, head, quantized, tokens);

    let fed = backend.values(ids) as Int32Array;
    const chosen: number[] = [];
    let step = 0;
    do {
      if (step > 0) jobs.advance((layer) => placeAfter(step, layer));
      placeRows(backend, embedding, fed, input);
      backend.pool.runAll(jobs.jobs);
      fed = backend.heap.int32.slice(tokens / 4, tokens / 4 + rows);
      let isStuck = false;
      for (let row = 0; row < rows; row++) {
        const token = fed[row] as number;
        // A row that isn't waited for may be anything; one that is can't go on.
        if (token < 0 && !isOpen[row]) fed[row] = 0;
        else if (token < 0) isStuck = true;
        if (token === endToken) isOpen[row] = false;
      }
      chosen.push(...fed);
      step++;
      if (isStuck) break;
    } while (step < steps && isOpen.includes(true) && performance.now() < stopAt);

    const best = backend.output([step, rows], "int32");
    backend.heap.int32.set(chosen, backend.address(best) / 4);
    const outputs = layers.map((_, layer) => {
      const from = placeAfter(step - 1, layer);
      const [key, value] = outputKeyValue(backend, sizes, before + step);
      copyFloats(backend, from.key, key);
      copyFloats(backend, from.value, value);
      return [key, value];
    });
    return [best, ...outputs.flat()];
  });
}

function sizesOf({ head, layers, numHeads }: Decoder, rows: number): StepSizes {
  const { query, up } = layers[0] as DecoderLayer;
  const [inner, dModel] = query.shape as [number, number];
  const [dFf, vocab] = [up.shape[0] as number, head.shape[0] as number];
  return { rows, dModel, inner, dFf, numHeads, depth: inner / numHeads, vocab };
}

/** Positions before. */
function pastOf({ layers }: Decoder): number {
  return layers[0]?.past?.key.shape[2] ?? 0;
}

/** The most keys that are attended to. */
function mostKeys({ layers }: Decoder, positions: number): number {
  return Math.max(positions, layers[0]?.crossKey.shape[2] ?? 0);
}

function outputKeyValue(
  backend: SimdBackend,
  { rows, numHeads, depth }: StepSizes,
  positions: number,
): [key: TensorInfo, value: TensorInfo] {
  const shape = [rows, numHeads, positions, depth];
  return [backend.output(shape), backend.output(shape)];
}

/** Sets a tensor to the floats at an address. */
function copyFloats(backend: SimdBackend, from: number, to: TensorInfo): void {
  backend.heap.float32.copyWithin(backend.address(to) / 4, from / 4, from / 4 + util.sizeFromShape(to.shape));
}

/** Sets the rows at `x` to those of `embedding` that `ids` say. */
function placeRows(backend: SimdBackend, embedding: TensorInfo, ids: ArrayLike<number>, x: number): void {
  const dModel = embedding.shape[1] as number;
  const [from, to] = [backend.address(embedding) / 4, x / 4];
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
