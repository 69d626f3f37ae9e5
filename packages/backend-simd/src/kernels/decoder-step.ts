import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { SimdBackend } from "../backend.js";
import { broadcastStrides } from "../layout.js";
import type { Job } from "../thread-pool.js";
import { areAll, type KernelArguments, type KernelTable } from "./kernel.js";

export const decoderStepKernels: KernelTable = { DecoderStep: (args) => decoderStep(args) };

/** As many as `rowsTimesTransposed` takes. */
const MOST_ROWS = 16;

/**
 * Everything a position needs of the decoder and the output layer, as one list of jobs. There are some ten of them in
 * a block, of microseconds each, with no more than a few rows: as operations of their own they'd take as long to be called
 * as to be done.
 */
function decoderStep({ inputs, attrs, backend }: KernelArguments): TensorInfo[] | undefined {
  if (!areAll("float32", ...Object.values(inputs))) return undefined;
  const { x, head } = inputs as { x: TensorInfo; head: TensorInfo };
  const [rows, , dModel] = x.shape as [number, number, number];
  if (rows > MOST_ROWS) {
    throw new RangeError(`DecoderStep: x: expected at most ${MOST_ROWS} rows, got [${x.shape.join(", ")}]`);
  }
  const { numLayers, numHeads, epsilon } = attrs as { numLayers: number; numHeads: number; epsilon: number };
  const [inner, dFf] = [inputs["0.query"]!.shape[0] as number, inputs["0.up"]!.shape[0] as number];
  const sizes = { rows, dModel, inner, dFf, numHeads, depth: inner / numHeads };
  const past = inputs["0.pastKey"]?.shape[2] ?? 0;
  const inputLength = inputs["0.crossKey"]!.shape[2] as number;

  const logits = backend.output([rows, head.shape[0] as number]);
  const { bytes, placesFrom } = carve(sizes, backend.pool.threads, Math.max(past + 1, inputLength));
  return backend.withMemory(bytes, (start) => {
    const step = new Step(backend, inputs, sizes, epsilon, placesFrom(start));
    const outputs = [logits];
    for (let layer = 0; layer < numLayers; layer++) outputs.push(...step.addBlock(`${layer}.`, past));
    step.addOutputLayer(backend.address(logits));
    backend.pool.runAll(step.jobs);
    return outputs;
  });
}

type Sizes = { rows: number; dModel: number; inner: number; dFf: number; numHeads: number; depth: number };

/** Where what a block computes on the way lies: every block has the same places. */
type Places = Record<PlaceName, number>;
type PlaceName = "x" | "normed" | "query" | "key" | "value" | "attended" | "logSumExp" | "wide" | "gate" | "scores";

/** Lays the places out one after the other, each on a cache line of its own; norms and scores are each thread's. */
function carve(sizes: Sizes, threads: number, keys: number): { bytes: number; placesFrom: (start: number) => Places } {
  const { rows, dModel, inner, dFf, numHeads } = sizes;
  const widths = {
    x: dModel,
    normed: threads * dModel,
    query: inner,
    key: inner,
    value: inner,
    attended: inner,
    logSumExp: numHeads,
  };
  const counts = Object.entries({ ...widths, wide: dFf, gate: dFf }).map(
    ([name, width]) => [name, rows * width] as const,
  );
  let bytes = 0;
  const offsets = [...counts, ["scores", threads * keys] as const].map(([name, count]) => {
    const offset = bytes;
    bytes += Math.ceil((count * 4) / 64) * 64;
    return [name, offset] as const;
  });
  return {
    bytes,
    placesFrom: (start) => Object.fromEntries(offsets.map(([name, offset]) => [name, start + offset])) as Places,
  };
}

/** The jobs of one step, in order. */
class Step {
  readonly jobs: Job[] = [];
  readonly #backend: SimdBackend;
  readonly #inputs: Record<string, TensorInfo>;
  readonly #sizes: Sizes;
  readonly #epsilon: number;
  readonly #at: Places;
  /** Where the sum of what came before lies: the step's input, then `x`. */
  #sum: number;

  constructor(backend: SimdBackend, inputs: Record<string, TensorInfo>, sizes: Sizes, epsilon: number, places: Places) {
    this.#backend = backend;
    this.#inputs = inputs;
    this.#sizes = sizes;
    this.#epsilon = epsilon;
    this.#at = places;
    this.#sum = this.#address("x");
  }

  /** @returns The keys and values of all positions so far. */
  addBlock(block: string, past: number): [TensorInfo, TensorInfo] {
    const { rows, numHeads, depth } = this.#sizes;
    const at = this.#at;
    const length = past + 1;
    const [key, value] = [0, 1].map(() => this.#backend.output([rows, numHeads, length, depth])) as [
      TensorInfo,
      TensorInfo,
    ];
    const [keyAt, valueAt] = [this.#backend.address(key), this.#backend.address(value)];

    const selfNorm = `${block}selfAttentionNorm`;
    this.#linearOfNorm(selfNorm, `${block}query`, at.query);
    this.#linearOfNorm(selfNorm, `${block}key`, at.key, { waits: false });
    this.#linearOfNorm(selfNorm, `${block}value`, at.value, { waits: false });
    this.#attendToPast(block, past, keyAt, valueAt);
    this.#addLinear(at.attended, `${block}output`);

    this.#linearOfNorm(`${block}crossAttentionNorm`, `${block}crossQuery`, at.query);
    this.#attendToInput(block);
    this.#addLinear(at.attended, `${block}crossOutput`);

    const isGated = this.#inputs[`${block}gate`] !== undefined;
    const norm = `${block}feedForwardNorm`;
    this.#linearOfNorm(norm, `${block}up`, at.wide, { isRelu: !isGated });
    if (isGated) {
      this.#linearOfNorm(norm, `${block}gate`, at.gate, { waits: false });
      const { rows, dFf } = this.#sizes;
      this.#add("gatedGelu", [at.gate, at.wide, at.wide], rows * dFf, GELU_WORK);
    }
    this.#addLinear(at.wide, `${block}down`);
    return [key, value];
  }

  addOutputLayer(logits: number): void {
    this.#linearOfNorm("finalNorm", "head", logits);
  }

  #address(name: string): number {
    return this.#backend.address(this.#inputs[name] as TensorInfo);
  }

  #add(kernel: string, args: number[], parts: number, work: number, waits = true): void {
    this.jobs.push({ kernel, args, parts, work, waits });
  }

  #linearOfNorm(norm: string, weight: string, to: number, { isRelu = false, waits = true } = {}): void {
    const { rows, dModel } = this.#sizes;
    const dOut = this.#inputs[weight]!.shape[0] as number;
    const args = [rows, dModel, this.#sum, this.#address(norm), this.#epsilon, this.#at.normed, this.#address(weight)];
    this.#add(
      "normedTimesTransposed",
      [...args, to, dOut, Number(isRelu)],
      dOut,
      Math.ceil((rows * dModel) / 8),
      waits,
    );
  }

  /** Adds it to the sum. */
  #addLinear(from: number, weight: string): void {
    const { rows } = this.#sizes;
    const [dOut, dIn] = this.#inputs[weight]!.shape as [number, number];
    const args = [rows, dIn, from, dIn, this.#address(weight), dIn, this.#at.x, dOut, this.#sum];
    this.#add("rowsTimesTransposed", args, dOut, Math.ceil((rows * dIn) / 8));
    this.#sum = this.#at.x;
  }

  #attendToPast(block: string, past: number, key: number, value: number): void {
    const { rows, numHeads, depth } = this.#sizes;
    const at = this.#at;
    const [pastKey, pastValue] =
      past === 0 ? [0, 0] : [this.#address(`${block}pastKey`), this.#address(`${block}pastValue`)];
    const { bias, strides } = this.#biasOf(`${block}selfBias`, past + 1);
    const [strideB, strideH, , strideK] = strides as [number, number, number, number];
    const args = [pastKey, at.key, pastValue, at.value, past, at.query, key, value, bias, at.attended, at.logSumExp];
    args.push(numHeads, depth, strideB, strideH, strideK, at.scores);
    this.#add("attentionOfNext", args, rows * numHeads, (past + 1) * depth);
  }

  #attendToInput(block: string): void {
    const { rows, numHeads, depth } = this.#sizes;
    const at = this.#at;
    const length = this.#inputs[`${block}crossKey`]!.shape[2] as number;
    const { bias, strides } = this.#biasOf("crossBias", length);
    const args = [at.query, this.#address(`${block}crossKey`), this.#address(`${block}crossValue`), bias, at.attended];
    args.push(at.logSumExp, numHeads, 1, length, depth, ...strides, ...NO_DROPOUT, at.scores, 1);
    this.#add("attention", args, rows * numHeads, length * depth);
  }

  #biasOf(name: string, length: number): { bias: number; strides: number[] } {
    const { rows, numHeads } = this.#sizes;
    return {
      bias: this.#address(name),
      strides: broadcastStrides(this.#inputs[name]!.shape, [rows, numHeads, 1, length]),
    };
  }
}

/** A gated GELU's work, in elements of a cheap operation. */
const GELU_WORK = 6;
/** Two words of no stream, a threshold that keeps all, and the scale of what is kept. */
const NO_DROPOUT = [0, 0, 0, 1];
