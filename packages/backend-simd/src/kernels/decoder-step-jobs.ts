import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { SimdBackend } from "../backend.js";
import { broadcastStrides } from "../layout.js";
import type { Job } from "../thread-pool.js";
import { NO_DROPOUT } from "./attention.js";
import { layOut, type Places } from "./places.js";

/** A layer of the decoder: weights, and what is attended to. */
export type DecoderLayer = {
  selfAttentionNorm: TensorInfo;
  query: TensorInfo;
  key: TensorInfo;
  value: TensorInfo;
  output: TensorInfo;
  selfBias: TensorInfo;
  past: { key: TensorInfo; value: TensorInfo } | undefined;
  crossAttentionNorm: TensorInfo;
  crossQuery: TensorInfo;
  crossOutput: TensorInfo;
  crossKey: TensorInfo;
  crossValue: TensorInfo;
  feedForwardNorm: TensorInfo;
  gate: TensorInfo | undefined;
  up: TensorInfo;
  down: TensorInfo;
};

/** Addresses of keys and values. */
export type KeyValuePlace = { key: number; value: number };

/** The job of a layer that changes from position to position, and how far its bias then lies before. */
type SelfAttention = { args: number[]; biasStep: number };

/** Places of those arguments of `attentionOfNext` that change. */
const ARGUMENT = { pastKey: 0, pastValue: 2, past: 4, key: 6, value: 7, bias: 8 } as const;

/** The output layer as `QuantizeRows` gives it. */
export type QuantizedHead = { codes: TensorInfo; scales: TensorInfo; errors: TensorInfo };

export type StepSizes = {
  rows: number;
  dModel: number;
  inner: number;
  dFf: number;
  numHeads: number;
  depth: number;
  vocab: number;
};

/** Where what a block computes on the way lies: every block has the same places. Norms and scores are each thread's. */
type PlaceName =
  | "x"
  | "normed"
  | "query"
  | "key"
  | "value"
  | "attended"
  | "logSumExp"
  | "wide"
  | "gate"
  | "scores"
  | "bounds";

export function placesOfStep(
  { rows, dModel, inner, dFf, numHeads, vocab }: StepSizes,
  threads: number,
  keys: number,
): Places<PlaceName> {
  return layOut({
    x: rows * dModel,
    normed: rows * threads * dModel,
    query: rows * inner,
    key: rows * inner,
    value: rows * inner,
    attended: rows * inner,
    logSumExp: rows * numHeads,
    wide: rows * dFf,
    gate: rows * dFf,
    scores: threads * keys,
    bounds: rows * vocab,
  });
}

/** The jobs of one step, in order. */
export class DecoderStepJobs {
  readonly jobs: Job[] = [];
  readonly #backend: SimdBackend;
  readonly #crossBias: number;
  readonly #crossStrides: readonly number[];
  readonly #sizes: StepSizes;
  readonly #epsilon: number;
  readonly #at: Record<PlaceName, number>;
  /** Where the sum of what came before lies: the step's input, then `x`. */
  #sum: number;
  readonly #selfAttentions: SelfAttention[] = [];

  constructor(
    backend: SimdBackend,
    input: number,
    crossBias: TensorInfo,
    sizes: StepSizes,
    epsilon: number,
    places: Record<PlaceName, number>,
  ) {
    this.#backend = backend;
    this.#sizes = sizes;
    this.#crossBias = backend.address(crossBias);
    this.#crossStrides = this.#strides(crossBias, crossBias.shape.at(-1) as number);
    this.#epsilon = epsilon;
    this.#at = places;
    this.#sum = input;
  }

  /** @param to Where the keys and values of all positions so far are put. */
  addBlock(layer: DecoderLayer, to: KeyValuePlace): void {
    const at = this.#at;
    this.#linearOfNorm(layer.selfAttentionNorm, layer.query, at.query);
    this.#linearOfNorm(layer.selfAttentionNorm, layer.key, at.key, { waits: false });
    this.#linearOfNorm(layer.selfAttentionNorm, layer.value, at.value, { waits: false });
    this.#attendToPast(layer, to);
    this.#addLinear(at.attended, layer.output);

    this.#linearOfNorm(layer.crossAttentionNorm, layer.crossQuery, at.query);
    this.#attendToInput(layer);
    this.#addLinear(at.attended, layer.crossOutput);

    this.#linearOfNorm(layer.feedForwardNorm, layer.up, at.wide, { isRelu: layer.gate === undefined });
    if (layer.gate !== undefined) {
      this.#linearOfNorm(layer.feedForwardNorm, layer.gate, at.gate, { waits: false });
      const { rows, dFf } = this.#sizes;
      this.#add("gatedGelu", [at.gate, at.wide, at.wide], rows * dFf, GELU_WORK);
    }
    this.#addLinear(at.wide, layer.down);
  }

  /** @returns The logits. */
  addLogits(norm: TensorInfo, head: TensorInfo): TensorInfo {
    const { rows, vocab } = this.#sizes;
    const logits = this.#backend.output([rows, vocab]);
    this.#linearOfNorm(norm, head, this.#address(logits));
    return logits;
  }

  /**
   * Puts the places of the largest logits at `tokens`. The logits are bounded from the codes, a quarter of the weight's
   * bytes; what the bounds don't rule out is computed.
   */
  addBestTokens(norm: TensorInfo, head: TensorInfo, { codes, scales, errors }: QuantizedHead, tokens: number): void {
    const { rows, dModel, vocab } = this.#sizes;
    const { normed, bounds } = this.#at;
    const row = [this.#sum, this.#address(norm), this.#epsilon, normed];
    const quantized = [this.#address(codes), this.#address(scales), this.#address(errors)];
    this.#add(
      "boundProducts",
      [rows, dModel, vocab, ...row, ...quantized, bounds],
      Math.ceil(vocab / 4),
      Math.ceil((rows * dModel) / 4),
    );
    this.#add("bestOfBounded", [dModel, vocab, ...row, this.#address(head), bounds, tokens], rows, vocab);
  }

  /**
   * Makes the jobs those of the next position.
   *
   * @param toOf Where a layer's keys and values are put now, further from where they are.
   */
  advance(toOf: (layer: number) => KeyValuePlace): void {
    for (const [layer, { args, biasStep }] of this.#selfAttentions.entries()) {
      const { key, value } = toOf(layer);
      args[ARGUMENT.pastKey] = args[ARGUMENT.key] as number;
      args[ARGUMENT.pastValue] = args[ARGUMENT.value] as number;
      args[ARGUMENT.past] = (args[ARGUMENT.past] as number) + 1;
      args[ARGUMENT.key] = key;
      args[ARGUMENT.value] = value;
      args[ARGUMENT.bias] = (args[ARGUMENT.bias] as number) - biasStep;
    }
  }

  #add(kernel: string, args: number[], parts: number, work: number, waits = true): void {
    this.jobs.push({ kernel, args, parts, work, waits });
  }

  #address(tensor: TensorInfo): number {
    return this.#backend.address(tensor);
  }

  #linearOfNorm(
    norm: TensorInfo,
    weight: TensorInfo,
    to: number,
    { isRelu = false, waits = true }: { isRelu?: boolean; waits?: boolean } = {},
  ): void {
    const { rows, dModel } = this.#sizes;
    const dOut = weight.shape[0] as number;
    const args = [rows, dModel, this.#sum, this.#address(norm), this.#epsilon, this.#at.normed, this.#address(weight)];
    args.push(to, dOut, Number(isRelu));
    this.#add("normedTimesTransposed", args, dOut, Math.ceil((rows * dModel) / 8), waits);
  }

  /** Adds it to the sum. */
  #addLinear(from: number, weight: TensorInfo): void {
    const { rows } = this.#sizes;
    const [dOut, dIn] = weight.shape as [number, number];
    const args = [rows, dIn, from, dIn, this.#address(weight), dIn, this.#at.x, dOut, this.#sum];
    this.#add("rowsTimesTransposed", args, dOut, Math.ceil((rows * dIn) / 8));
    this.#sum = this.#at.x;
  }

  #attendToPast({ past, selfBias }: DecoderLayer, { key, value }: KeyValuePlace): void {
    const { rows, numHeads, depth } = this.#sizes;
    const at = this.#at;
    const before = past?.key.shape[2] ?? 0;
    const [pastKey, pastValue] = past === undefined ? [0, 0] : [this.#address(past.key), this.#address(past.value)];
    const length = Math.max(selfBias.shape.at(-1) as number, before + 1);
    const [strideB, strideH, , strideK] = this.#strides(selfBias, length) as [number, number, number, number];
    const lastOfBias = this.#address(selfBias) + 4 * strideK * (length - before - 1);
    const args = [pastKey, at.key, pastValue, at.value, before, at.query, key, value];
    args.push(lastOfBias, at.attended, at.logSumExp, numHeads, depth, strideB, strideH, strideK, at.scores);
    this.#add("attentionOfNext", args, rows * numHeads, (before + 1) * depth);
    this.#selfAttentions.push({ args, biasStep: 4 * strideK });
  }

  #attendToInput({ crossKey, crossValue }: DecoderLayer): void {
    const { rows, numHeads, depth } = this.#sizes;
    const at = this.#at;
    const length = crossKey.shape[2] as number;
    const [key, value] = [this.#address(crossKey), this.#address(crossValue)];
    const args = [at.query, key, value, this.#crossBias, at.attended, at.logSumExp, 0];
    args.push(numHeads, 1, length, depth, ...this.#crossStrides, ...NO_DROPOUT, at.scores, 1);
    // Counted low, for runs of several heads: at 64 kB each, a head by itself ends before memory is read ahead.
    this.#add("attention", args, rows * numHeads, Math.ceil((length * depth) / 4));
  }

  #strides(bias: TensorInfo, length: number): number[] {
    const { rows, numHeads } = this.#sizes;
    return broadcastStrides(bias.shape, [rows, numHeads, 1, length]);
  }
}

/** A gated GELU's work, in elements of a cheap operation. */
const GELU_WORK = 6;
