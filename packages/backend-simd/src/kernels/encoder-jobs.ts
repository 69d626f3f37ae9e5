import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { SimdBackend } from "../backend.js";
import { broadcastStrides } from "../layout.js";
import { linearJobs, packedFloats } from "../multiply.js";
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
type PlaceName =
  | "normed"
  | "query"
  | "key"
  | "value"
  | "logSumExp"
  | "wide"
  | "gate"
  | "places"
  | "counts"
  | "packed"
  | "scores";

/** The most rows of which a product's weight isn't packed. */
const FEW_ROWS = 8;
/** Columns of a part of a product without zeros, and steps of its blocks: as in assembly/gemm-sparse.ts. */
const COMPRESSED_COLUMNS = 32;
const COMPRESSED_STEPS = 256;

/** Whether what ReLU leaves is multiplied without its zeros: BLAS takes less time with them. */
function skipsZeros({ blas }: SimdBackend, { batch, length, dFf }: EncoderSizes): boolean {
  return blas === undefined && batch * length > FEW_ROWS && dFf % 2 === 0;
}

export function placesOfEncoder(backend: SimdBackend, sizes: EncoderSizes, isGated: boolean): Places<PlaceName> {
  const { batch, length, dModel, inner, dFf, numHeads } = sizes;
  const rows = batch * length;
  const withoutZeros = !isGated && skipsZeros(backend, sizes);
  const mostPacked = Math.max(dModel, inner, withoutZeros ? 0 : dFf);
  return layOut({
    normed: rows * dModel,
    query: rows * inner,
    key: rows * inner,
    value: rows * inner,
    logSumExp: rows * numHeads,
    wide: rows * dFf,
    gate: isGated ? rows * dFf : 0,
    places: withoutZeros ? (rows * dFf) / 2 : 0,
    counts: withoutZeros ? rows * Math.ceil(dFf / COMPRESSED_STEPS) : 0,
    packed: backend.blas === undefined ? packedFloats(rows, mostPacked) : 0,
    scores: backend.pool.threads * rowsOfTile(length, length) * length,
  });
}

/**
 * The jobs of an encoder in which each token is a row. They change `x`, which lies at an address of the heap, into what is
 * encoded.
 */
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
    this.#linear(at.normed, [
      { weight: layer.query, c: at.query },
      { weight: layer.key, c: at.key },
      { weight: layer.value, c: at.value },
    ]);
    this.#attend(layer.bias);
    this.#linear(at.query, [{ weight: layer.output, c: this.#x }], true);

    this.#norm(layer.feedForwardNorm, at.normed);
    const up = { weight: layer.up, c: at.wide };
    const { dFf } = this.#sizes;
    if (layer.gate !== undefined) {
      this.#linear(at.normed, [up, { weight: layer.gate, c: at.gate }]);
      this.#add("gatedGelu", [at.gate, at.wide, at.wide], this.#rows * dFf, GELU_WORK);
      this.#linear(at.wide, [{ weight: layer.down, c: this.#x }], true);
      return;
    }
    this.#linear(at.normed, [up]);
    if (skipsZeros(this.#backend, this.#sizes)) {
      this.#addWithoutZeros(layer.down);
      return;
    }
    this.#add("reluOf", [at.wide, at.wide], this.#rows * dFf, RELU_WORK);
    this.#linear(at.wide, [{ weight: layer.down, c: this.#x }], true);
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

  /** x += relu(wide) · downᵀ. */
  #addWithoutZeros(down: TensorInfo): void {
    const at = this.#at;
    const { dModel, dFf } = this.#sizes;
    this.#add("compressPositive", [at.wide, dFf, at.places, at.counts], this.#rows, dFf);
    const args = [this.#rows, dModel, dFf, at.wide, at.places, at.counts, this.#backend.address(down), this.#x];
    this.#add("compressedProduct", args, Math.ceil(dModel / COMPRESSED_COLUMNS), this.#rows * dFf);
  }

  /** Linear maps of `a` with weights of one shape, at the same time. */
  #linear(a: number, maps: readonly { weight: TensorInfo; c: number }[], accumulate = false): void {
    const [dOut, dIn] = (maps[0] as { weight: TensorInfo }).weight.shape as [number, number];
    const addresses = maps.map(({ weight, c }) => ({ weight: this.#backend.address(weight), c }));
    const sizes = { rows: this.#rows, dIn, dOut };
    this.jobs.push(...linearJobs(this.#backend, sizes, a, addresses, this.#at.packed, accumulate));
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

export const RELU_WORK = 1;
/** A gated GELU's work, in elements of a cheap operation. */
export const GELU_WORK = 6;
