import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { SimdBackend } from "../backend.js";
import type { Job } from "../thread-pool.js";

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

/** An encoder's weights and sizes. */
export type EncoderSpec = {
  sizes: EncoderSizes;
  layers: readonly EncoderLayer[];
  finalNorm: TensorInfo;
  isGated: boolean;
  epsilon: number;
};

/** Where what a block computes lies: `x` is the sum of what came before, scores are each thread's. */
export type EncoderPlaces = Record<"x" | "normed" | "query" | "key" | "value" | "wide" | "gate" | "scores", number>;

/** A linear map, and where its result is put. */
export type MapTo = { weight: number; c: number };

/** The jobs of an encoder, in order; how its tokens lie is for the classes that extend it. */
export abstract class EncoderJobs<Places extends EncoderPlaces = EncoderPlaces> {
  readonly jobs: Job[] = [];
  protected readonly backend: SimdBackend;
  protected readonly sizes: EncoderSizes;
  protected readonly epsilon: number;
  protected readonly at: Places;

  constructor(backend: SimdBackend, sizes: EncoderSizes, epsilon: number, at: Places) {
    this.backend = backend;
    this.sizes = sizes;
    this.epsilon = epsilon;
    this.at = at;
  }

  /** @param to Where what is encoded is put. */
  addEncoder(layers: readonly EncoderLayer[], finalNorm: TensorInfo, to: number): void {
    for (const layer of layers) this.#addBlock(layer);
    this.norm(finalNorm, to);
  }

  /** Puts x, normed. */
  protected abstract norm(weight: TensorInfo, to: number): void;

  /** The jobs of linear maps of `a` with weights [dOut, dIn]. */
  protected abstract mapJobs(
    a: number,
    maps: readonly MapTo[],
    sizes: { dIn: number; dOut: number },
    accumulate: boolean,
  ): Job[];

  /** Puts what the heads see in the places of their queries. */
  protected abstract attend(bias: TensorInfo): void;

  /** x += down · relu(wide). */
  protected addDownOfRelu(down: TensorInfo): void {
    const { wide } = this.at;
    this.add("reluOf", [wide, wide], this.#wideSize, RELU_WORK);
    this.#addDown(down);
  }

  protected get tokens(): number {
    return this.sizes.batch * this.sizes.length;
  }

  protected add(kernel: string, args: number[], parts: number, work: number): void {
    this.jobs.push({ kernel, args, parts, work, waits: true });
  }

  #addBlock(layer: EncoderLayer): void {
    const { x, normed, query, key, value, wide, gate } = this.at;
    this.norm(layer.selfAttentionNorm, normed);
    this.#linear(normed, [
      { weight: layer.query, c: query },
      { weight: layer.key, c: key },
      { weight: layer.value, c: value },
    ]);
    this.attend(layer.bias);
    this.#linear(query, [{ weight: layer.output, c: x }], true);

    this.norm(layer.feedForwardNorm, normed);
    const up = { weight: layer.up, c: wide };
    if (layer.gate === undefined) {
      this.#linear(normed, [up]);
      this.addDownOfRelu(layer.down);
    } else {
      this.#linear(normed, [up, { weight: layer.gate, c: gate }]);
      this.add("gatedGelu", [gate, wide, wide], this.#wideSize, GELU_WORK);
      this.#addDown(layer.down);
    }
  }

  #addDown(down: TensorInfo): void {
    this.#linear(this.at.wide, [{ weight: down, c: this.at.x }], true);
  }

  /** Linear maps of `a` with weights of one shape, at the same time. */
  #linear(a: number, maps: readonly { weight: TensorInfo; c: number }[], accumulate = false): void {
    const [dOut, dIn] = (maps[0] as { weight: TensorInfo }).weight.shape as [number, number];
    const addresses = maps.map(({ weight, c }) => ({ weight: this.backend.address(weight), c }));
    this.jobs.push(...this.mapJobs(a, addresses, { dIn, dOut }, accumulate));
  }

  get #wideSize(): number {
    return this.tokens * this.sizes.dFf;
  }
}

const RELU_WORK = 1;
/** A gated GELU's work, in elements of a cheap operation. */
const GELU_WORK = 6;
