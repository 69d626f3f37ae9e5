import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { SimdBackend } from "../backend.js";
import { broadcastStrides } from "../layout.js";
import { transposedLinearJobs } from "../multiply.js";
import type { Job } from "../thread-pool.js";
import { rowsOfTile, tileWork } from "./attention.js";
import { type EncoderLayer, type EncoderSizes, GELU_WORK, RELU_WORK } from "./encoder-jobs.js";
import { layOut, type Places } from "./places.js";

type PlaceName = "x" | "normed" | "query" | "key" | "value" | "wide" | "gate" | "scores";

/** Columns of a part of a norm: as in assembly/rms-norm.ts. */
const NORM_COLUMNS = 16;

export function placesOfTransposedEncoder(
  { pool }: SimdBackend,
  { batch, length, dModel, inner, dFf }: EncoderSizes,
  isGated: boolean,
): Places<PlaceName> {
  const columns = batch * length;
  return layOut({
    x: dModel * columns,
    normed: dModel * columns,
    query: inner * columns,
    key: inner * columns,
    value: inner * columns,
    wide: dFf * columns,
    gate: isGated ? dFf * columns : 0,
    scores: pool.threads * rowsOfTile(length, length) * length,
  });
}

/** The jobs of an encoder in which each token is a column: from `x` [dModel, batch · length] to `normed`, which is encoded. */
export class TransposedEncoderJobs {
  readonly jobs: Job[] = [];
  readonly #backend: SimdBackend;
  readonly #sizes: EncoderSizes;
  readonly #epsilon: number;
  readonly #at: Record<PlaceName, number>;

  constructor(backend: SimdBackend, sizes: EncoderSizes, epsilon: number, places: Record<PlaceName, number>) {
    this.#backend = backend;
    this.#sizes = sizes;
    this.#epsilon = epsilon;
    this.#at = places;
  }

  addBlock(layer: EncoderLayer): void {
    const at = this.#at;
    this.addNorm(layer.selfAttentionNorm);
    this.#linear(at.normed, [
      { weight: layer.query, c: at.query },
      { weight: layer.key, c: at.key },
      { weight: layer.value, c: at.value },
    ]);
    this.#attend(layer.bias);
    this.#linear(at.query, [{ weight: layer.output, c: at.x }], true);

    this.addNorm(layer.feedForwardNorm);
    const wideSize = this.#sizes.dFf * this.#columns;
    const up = { weight: layer.up, c: at.wide };
    if (layer.gate === undefined) {
      this.#linear(at.normed, [up]);
      this.#add("reluOf", [at.wide, at.wide], wideSize, RELU_WORK);
    } else {
      this.#linear(at.normed, [up, { weight: layer.gate, c: at.gate }]);
      this.#add("gatedGelu", [at.gate, at.wide, at.wide], wideSize, GELU_WORK);
    }
    this.#linear(at.wide, [{ weight: layer.down, c: at.x }], true);
  }

  addNorm(weight: TensorInfo): void {
    const { dModel } = this.#sizes;
    const args = [this.#at.x, this.#backend.address(weight), this.#at.normed, dModel, this.#columns, this.#epsilon];
    this.#add("rmsNormColumns", args, Math.ceil(this.#columns / NORM_COLUMNS), dModel * NORM_COLUMNS);
  }

  get #columns(): number {
    return this.#sizes.batch * this.#sizes.length;
  }

  #add(kernel: string, args: number[], parts: number, work: number): void {
    this.jobs.push({ kernel, args, parts, work, waits: true });
  }

  /** Linear maps of `a` with weights of one shape, at the same time. */
  #linear(a: number, maps: readonly { weight: TensorInfo; c: number }[], accumulate = false): void {
    const [dOut, dIn] = (maps[0] as { weight: TensorInfo }).weight.shape as [number, number];
    const addresses = maps.map(({ weight, c }) => ({ weight: this.#backend.address(weight), c }));
    const sizes = { columns: this.#columns, dIn, dOut };
    this.jobs.push(...transposedLinearJobs(this.#backend, sizes, a, addresses, accumulate));
  }

  /** Puts what the heads see in the places of their queries. */
  #attend(bias: TensorInfo): void {
    const { batch, length, numHeads, depth } = this.#sizes;
    const at = this.#at;
    const tileRows = rowsOfTile(length, length);
    const strides = broadcastStrides(bias.shape, [batch, numHeads, length, length]);
    const args = [at.query, at.key, at.value, this.#backend.address(bias), at.query];
    args.push(numHeads, length, depth, this.#columns, ...strides, at.scores, tileRows);
    const parts = batch * numHeads * Math.ceil(length / tileRows);
    this.#add("attentionOfColumns", args, parts, tileWork(tileRows, length, depth));
  }
}
