import type { Rng } from "@t5ts/random";
import { checkIds } from "@t5ts/tensor-core";
import type * as tf from "@tensorflow/tfjs-core";
import type { T5Inputs } from "../encoder.js";
import type { T5Model } from "../params.js";
import type { LogitsProcessor } from "./logits-processors.js";
import type { SamplingOptions } from "./sampling.js";

export type StreamOptions = {
  /** The longest output, in tokens, the end token counted and the prompt not. */
  maxNewTokens: number;
  task?: string;
  /**
   * What each output begins with, in tokens after the start token: one prompt for each input, of any lengths. An end
   * token in a prompt ends nothing.
   */
  prompts?: readonly (readonly number[])[];
  /** Applied in order to each row of scores before a token is chosen. */
  processors?: readonly LogitsProcessor[];
  /** Draws tokens with `rng`; without it, the best token is taken. */
  sampling?: SamplingOptions & { rng: Rng };
  /** Breaks the generation off before its next step, with the signal's reason as the error. */
  signal?: AbortSignal;
};

export type GenerateOptions = StreamOptions & {
  /** Beams to search with; 1, the default, is greedy or sampling. */
  numBeams?: number;
  /** How many outputs for each input: at most `numBeams`, or any number of samples. Default 1. */
  numReturn?: number;
  /** Exponent of the length penalty. Default 0.6, as T5 translates. */
  lengthPenalty?: number;
  /** Whether an input's search ends with its `numBeams`th ended sequence. Only in the Hugging Face dialect. */
  isEarlyStopping?: boolean;
  /** Whose beam search, as their scores and ends differ: `huggingface5` is that of transformers 5. Default `t5x`. */
  dialect?: BeamDialect;
};

const BEAM_DIALECTS = ["t5x", "huggingface", "huggingface5"] as const;
export type BeamDialect = (typeof BEAM_DIALECTS)[number];

/**
 * Checks what `generate` is called with.
 *
 * @throws TypeError for an argument of another kind, RangeError for an option that is out of bounds or contradicts another.
 */
export function checkGenerateCall(model: T5Model, inputs: T5Inputs, options: GenerateOptions): void {
  checkStreamCall(model, inputs, options);
  const { numBeams = 1, numReturn = 1, sampling, dialect = "t5x", lengthPenalty = 0.6, isEarlyStopping } = options;
  const isSampling = sampling !== undefined;
  check(BEAM_DIALECTS.includes(dialect), "dialect", `one of ${BEAM_DIALECTS.join(", ")}`, dialect);
  check(Number.isFinite(lengthPenalty), "lengthPenalty", "a number", lengthPenalty);
  check(isCount(numBeams), "numBeams", "an integer from 1 on", numBeams);
  check(numBeams === 1 || !isSampling, "numBeams", "1 when sampling", numBeams);
  const most = isSampling ? "1 on" : `1 to numBeams (${numBeams})`;
  const isEnough = isSampling || numReturn <= numBeams;
  check(isCount(numReturn) && isEnough, "numReturn", `an integer from ${most}`, numReturn);
  checkKind(["undefined", "boolean"].includes(typeof isEarlyStopping), "isEarlyStopping", "a boolean", isEarlyStopping);
}

/**
 * Checks what `streamTokens` is called with.
 *
 * @throws TypeError for an argument of another kind, RangeError for an option that is out of bounds.
 */
export function checkStreamCall(model: T5Model, inputs: T5Inputs, options: StreamOptions): void {
  checkKind(
    isObject(model?.config) && isObject(model.params),
    "model",
    "{ config, params }, such as of `loadT5`",
    model,
  );
  checkKind(isIds(inputs?.inputIds), "inputs", "{ inputIds } with a tensor [batch, inputLength] of int32", inputs);
  const isMask = inputs.inputMask === undefined || isTensor(inputs.inputMask);
  checkKind(isMask, "inputs.inputMask", "a tensor [batch, inputLength]", inputs.inputMask);
  checkKind(isObject(options), "options", "an object such as { maxNewTokens: 64 }", options);
  const { maxNewTokens, task, prompts, processors, sampling, signal } = options;
  check(isCount(maxNewTokens), "maxNewTokens", "an integer from 1 on", maxNewTokens);
  checkKind(task === undefined || typeof task === "string", "task", "a name", task);
  const areFunctions = Array.isArray(processors) && processors.every((process) => typeof process === "function");
  checkKind(processors === undefined || areFunctions, "processors", "a list of functions", processors);
  // What has no `aborted` would never abort: a controller is easily passed for its signal.
  checkKind(signal === undefined || typeof signal?.aborted === "boolean", "signal", "an AbortSignal", signal);
  if (sampling !== undefined) checkSampling(sampling);
  if (prompts !== undefined) checkPrompts(prompts, inputs.inputIds.shape[0], model.config.vocabSize);
}

function checkSampling(sampling: SamplingOptions & { rng: Rng }): void {
  checkKind(isObject(sampling), "sampling", "an object such as { rng: createRng(0) }", sampling);
  const { rng, temperature = 1, topK = 1, topP = 1, typicalMass = 1 } = sampling;
  const isShare = (value: number): boolean => value > 0 && value <= 1;
  checkKind(typeof rng?.uniform === "function", "sampling.rng", "a generator, such as createRng(0)", rng);
  const isPositive = temperature > 0 && Number.isFinite(temperature);
  check(isPositive, "sampling.temperature", "a number above 0", temperature);
  check(isCount(topK), "sampling.topK", "an integer from 1 on", topK);
  check(isShare(topP), "sampling.topP", "a number in (0, 1]", topP);
  check(isShare(typicalMass), "sampling.typicalMass", "a number in (0, 1]", typicalMass);
}

function checkPrompts(prompts: readonly (readonly number[])[], numInputs: number, vocabSize: number): void {
  const areLists = Array.isArray(prompts) && prompts.every((ids) => Array.isArray(ids) || ArrayBuffer.isView(ids));
  checkKind(areLists, "prompts", "a list of ids for each input", prompts);
  if (prompts.length !== numInputs) {
    throw new RangeError(`generate: prompts: expected ${numInputs}, one for each input, got ${prompts.length}`);
  }
  checkIds("generate: prompts", prompts, vocabSize);
}

function check(holds: boolean, name: string, expected: string, value: unknown): void {
  if (!holds) throw new RangeError(`generate: ${name}: expected ${expected}, got ${shown(value)}`);
}

function checkKind(holds: boolean, name: string, expected: string, value: unknown): void {
  if (!holds) throw new TypeError(`generate: ${name}: expected ${expected}, got ${shown(value)}`);
}

function isCount(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 1;
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}

function isIds(value: unknown): boolean {
  return isTensor(value) && value.rank === 2 && value.dtype === "int32";
}

function isTensor(value: unknown): value is tf.Tensor {
  const { dataId, isDisposed } = (value ?? {}) as Partial<tf.Tensor>;
  return dataId !== undefined && isDisposed === false;
}

/** Describes a value that isn't what was expected, in a few words. */
function shown(value: unknown): string {
  if (typeof value === "number" || typeof value === "function")
    return typeof value === "number" ? `${value}` : "a function";
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? String(value);
  const { inputIds, dataId, dtype, shape, isDisposed } = value as Partial<tf.Tensor> & { inputIds?: unknown };
  if (dataId !== undefined) return `a tensor [${shape?.join(", ")}] of ${dtype}${isDisposed ? ", disposed" : ""}`;
  if (inputIds !== undefined) return `{ inputIds: ${shown(inputIds)} }`;
  if (Array.isArray(value)) return `a list of ${value.length}, the first ${shown(value[0])}`;
  return `an object of ${Object.keys(value).slice(0, 4).join(", ") || value.constructor?.name || "nothing"}`;
}
