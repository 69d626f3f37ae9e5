import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { SimdBackend } from "../backend.js";
import { broadcastStrides } from "../layout.js";
import { linearJob } from "../multiply.js";
import type { Job } from "../thread-pool.js";
import { NO_DROPOUT, rowsOfTile, tileWork } from "./attention.js";
import { layOut, type Places } from "./places.js";

/** A layer of the encoder. */
export type EncoderLayer = {
  selfAttentionNorm: TensorInfo;
  query: TensorInfo;
  key: TensorInfo;
  value: TensorInfo;
  output: TensorInfo;
  bias: TensorInfo;
  feedForwardNorm: TensorInfo;
  up: TensorInfo;
  down: TensorInfo;
  gate: TensorInfo | undefined;
};

export type EncoderSizes = {
  batch: number;
  length: number;
  dModel: number;
  inner: number;
  dFf: number;
  numHeads: number;
  depth: number;
};

/** Where what a block computes on the way lies; scores are each thread's. */
type PlaceName = "normed" | "query" | "key" | "value" | "logSumExp" | "wide" | "gate" | "scores";

export function placesOfEncoder(
  { batch, length, dModel, inner, dFf, numHeads }: EncoderSizes,
  threads: number,
  isGated: boolean,
): Places<PlaceName> {
  const rows = batch * length;
  return layOut({
    normed: rows * dModel,
    query: rows * inner,
    key: rows * inner,
    value: rows * inner,
    logSumExp: rows * numHeads,
    wide: rows * dFf,
    gate: isGated ? rows * dFf : 0,
    scores: threads * rowsOfTile(length, length) * length,
  });
}

/** The jobs of an encoder, in order. They change `x`, which lies at an address of the heap, into what is encoded. */
export class EncoderJobs {
  readonly jobs: Job[] = [];
  readonly #backend: SimdBackend;
  readonly #x: number;
  readonly #sizes: EncoderSizes;
  readonly #epsilon: number;
  readonly #at: Record<PlaceName, number>;

  constructor(
    backend: SimdBackend,
    x: number,
    sizes: EncoderSizes,
    epsilon: number,
    places: Record<PlaceName, number>,
  ) {
    this.#backend = backend;
    this.#x = x;
    this.#sizes = sizes;
    this.#epsilon = epsilon;
    this.#at = places;
  }

  addBlock(layer: EncoderLayer): void {
    const at = this.#at;
    this.#norm(layer.selfAttentionNorm, at.normed);
    this.#linear(at.normed, layer.query, at.query, { others: 2 });
    this.#linear(at.normed, layer.key, at.key, { others: 2, waits: false });
    this.#linear(at.normed, layer.value, at.value, { others: 2, waits: false });
    this.#attend(layer.bias);
    this.#linear(at.query, layer.output, this.#x, { accumulate: true });

    this.#norm(layer.feedForwardNorm, at.normed);
    const count = this.#rows * this.#sizes.dFf;
    if (layer.gate === undefined) {
      this.#linear(at.normed, layer.up, at.wide);
      this.#add("reluOf", [at.wide, at.wide], count, RELU_WORK);
    } else {
      this.#linear(at.normed, layer.up, at.wide, { others: 1 });
      this.#linear(at.normed, layer.gate, at.gate, { others: 1, waits: false });
      this.#add("gatedGelu", [at.gate, at.wide, at.wide], count, GELU_WORK);
    }
    this.#linear(at.wide, layer.down, this.#x, { accumulate: true });
  }

  addNorm(weight: TensorInfo): void {
    this.#norm(weight, this.#x);
  }

  get #rows(): number {
    return this.#sizes.batch * this.#sizes.length;
  }

  #add(kernel: string, args: number[], parts: number, work: number): void {
    this.jobs.push({ kernel, args, parts, work, waits: true });
  }

  #norm(weight: TensorInfo, to: number): void {
    const { dModel } = this.#sizes;
    const args = [this.#x, this.#backend.address(weight), to, dModel, this.#epsilon];
    this.#add("rmsNorm", args, this.#rows, dModel);
  }

  #linear(
    a: number,
    weight: TensorInfo,
    c: number,
    { waits = true, ...options }: { waits?: boolean; accumulate?: boolean; others?: number } = {},
  ): void {
    const [dOut, dIn] = weight.shape as [number, number];
    const addresses = { a, weight: this.#backend.address(weight), c };
    const job = linearJob(this.#backend, { rows: this.#rows, dIn, dOut }, addresses, options);
    this.jobs.push({ ...job, waits });
  }

  /** Puts what the heads see in the places of their queries. */
  #attend(bias: TensorInfo): void {
    const { batch, length, numHeads, depth } = this.#sizes;
    const at = this.#at;
    const tileRows = rowsOfTile(length, length);
    const strides = broadcastStrides(bias.shape, [batch, numHeads, length, length]);
    const args = [at.query, at.key, at.value, this.#backend.address(bias), at.query, at.logSumExp, 1];
    args.push(numHeads, length, length, depth, ...strides, ...NO_DROPOUT, at.scores, tileRows);
    const parts = batch * numHeads * Math.ceil(length / tileRows);
    this.#add("attention", args, parts, tileWork(tileRows, length, depth));
  }
}

const RELU_WORK = 1;
/** A gated GELU's work, in elements of a cheap operation. */
const GELU_WORK = 6;
