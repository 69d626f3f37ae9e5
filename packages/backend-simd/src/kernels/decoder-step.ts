import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { SimdBackend } from "../backend.js";
import { broadcastStrides } from "../layout.js";
import type { Job } from "../thread-pool.js";
import { areAll, type KernelArguments, type KernelTable } from "./kernel.js";

export const decoderStepKernels: KernelTable = { DecoderStep: (args) => decoderStep(args) };

/** As many as `rowsTimesTransposed` takes. */
const MOST_ROWS = 16;

/**
 * Everything a position needs of the decoder and the output layer, as one list of jobs. There are some sixteen of them in
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
  const { bytes, placesFrom } = carve(sizes, backend.pool.threads * Math.max(past + 1, inputLength));
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

/** Lays the places out one after the other, each on a cache line of its own. */
function carve(sizes: Sizes, scores: number): { bytes: number; placesFrom: (start: number) => Places } {
  const { rows, dModel, inner, dFf, numHeads } = sizes;
  const widths = {
    x: dModel,
    normed: dModel,
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
  const offsets = [...counts, ["scores", scores] as const].map(([name, count]) => {
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

    this.#norm(`${block}selfAttentionNorm`);
    this.#linear(at.normed, `${block}query`, at.query);
    this.#linear(at.normed, `${block}key`, at.key, NOTHING, false);
    this.#linear(at.normed, `${block}value`, at.value, NOTHING, false);
    this.#append(`${block}pastKey`, past, at.key, keyAt, true);
    this.#append(`${block}pastValue`, past, at.value, valueAt, false);
    this.#attend(keyAt, valueAt, length, `${block}selfBias`);
    this.#addLinear(at.attended, `${block}output`);

    const [crossKey, crossValue] = [this.#address(`${block}crossKey`), this.#address(`${block}crossValue`)];
    this.#norm(`${block}crossAttentionNorm`);
    this.#linear(at.normed, `${block}crossQuery`, at.query);
    this.#attend(crossKey, crossValue, this.#inputs[`${block}crossKey`]!.shape[2] as number, "crossBias");
    this.#addLinear(at.attended, `${block}crossOutput`);

    this.#norm(`${block}feedForwardNorm`);
    this.#linear(at.normed, `${block}up`, at.wide);
    if (this.#inputs[`${block}gate`] === undefined) {
      this.#activate("reluOf", [at.wide]);
    } else {
      this.#linear(at.normed, `${block}gate`, at.gate, NOTHING, false);
      this.#activate("gatedGelu", [at.gate, at.wide]);
    }
    this.#addLinear(at.wide, `${block}down`);
    return [key, value];
  }

  addOutputLayer(logits: number): void {
    this.#norm("finalNorm");
    this.#linear(this.#at.normed, "head", logits);
  }

  #address(name: string): number {
    return this.#backend.address(this.#inputs[name] as TensorInfo);
  }

  #add(kernel: string, args: number[], parts: number, work: number, waits = true): void {
    this.jobs.push({ kernel, args, parts, work, waits });
  }

  #norm(weight: string): void {
    const { rows, dModel } = this.#sizes;
    const args = [this.#sum, this.#address(weight), this.#at.normed, dModel, this.#epsilon];
    this.#add("rmsNorm", args, rows, dModel * 2);
  }

  #linear(from: number, weight: string, to: number, addend = NOTHING, waits = true): void {
    const { rows } = this.#sizes;
    const [dOut, dIn] = this.#inputs[weight]!.shape as [number, number];
    const args = [rows, dIn, from, dIn, this.#address(weight), dIn, to, dOut, addend];
    this.#add("rowsTimesTransposed", args, dOut, Math.ceil((rows * dIn) / 8), waits);
  }

  #addLinear(from: number, weight: string): void {
    this.#linear(from, weight, this.#at.x, this.#sum);
    this.#sum = this.#at.x;
  }

  #append(before: string, past: number, next: number, to: number, waits: boolean): void {
    const { rows, numHeads, depth } = this.#sizes;
    const args = [past === 0 ? 0 : this.#address(before), past * depth * 4, next, depth * 4, to];
    this.#add("joinRows", args, rows * numHeads, Math.ceil(((past + 1) * depth) / 2), waits);
  }

  #attend(key: number, value: number, length: number, bias: string): void {
    const { rows, numHeads, depth } = this.#sizes;
    const { query, attended, logSumExp, scores } = this.#at;
    const strides = broadcastStrides(this.#inputs[bias]!.shape, [rows, numHeads, 1, length]);
    const args = [query, key, value, this.#address(bias), attended, logSumExp, numHeads, 1, length, depth];
    args.push(...strides, ...NO_DROPOUT, scores, 1);
    this.#add("attention", args, rows * numHeads, length * depth);
  }

  #activate(kernel: string, from: number[]): void {
    const { rows, dFf } = this.#sizes;
    this.#add(kernel, [...from, this.#at.wide], rows * dFf, from.length * 3);
  }
}

/** No addend. */
const NOTHING = 0;
/** Two words of no stream, a threshold that keeps all, and the scale of what is kept. */
const NO_DROPOUT = [0, 0, 0, 1];
