import type { Rng } from "@t5ts/random";
import { checkIds, disposeTree } from "@t5ts/tensor-core";
import type * as tf from "@tensorflow/tfjs-core";
import { decodeStep, greedySteps, pickRows, readRows, startGeneration } from "./decode-step.js";
import { type GreedyBounds, quantizeOutput } from "./decoder-step.js";
import type { T5Inputs } from "./encoder.js";
import { watchForStop } from "./interruption.js";
import type { LogitsProcessor } from "./logits-processors.js";
import type { T5Model } from "./params.js";
import { logProbability, type SamplingOptions, sampleToken } from "./sampling.js";

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
  /** Ends the generation before its next step. */
  signal?: AbortSignal;
};

/**
 * Generates token by token: yields, after each step, the next token of every input, `padTokenId` for those that have
 * ended. Greedy, or sampling. Tokens of prompts are yielded like others.
 *
 * The tensors it made are freed when it ends, also when its caller stops early.
 *
 * @throws RangeError if an option is out of bounds.
 */
export async function* streamTokens(
  model: T5Model,
  inputs: T5Inputs,
  options: StreamOptions,
): AsyncGenerator<number[], void, void> {
  const outputs = startOutputs(model, inputs, options);
  for await (const length of growOutputs(model, inputs, outputs, options)) {
    yield outputs.map(({ ids }) => ids[length - 1] ?? model.config.padTokenId);
  }
}

/** One output while it grows: `ids` begins with the start token, and doesn't go on once it has ended. */
export type Output = {
  readonly input: number;
  readonly prompt: readonly number[];
  readonly ids: number[];
  /** Of what was sampled: the sum over its tokens, as the processors left them. */
  logProbability: number;
  hasEnded: boolean;
};

/**
 * `perInput` outputs for each input, side by side.
 *
 * @throws RangeError if an option is out of bounds.
 */
export function startOutputs(model: T5Model, inputs: T5Inputs, options: StreamOptions, perInput = 1): Output[] {
  checkStreamOptions(model, inputs, options);
  const rows = inputs.inputIds.shape[0] * perInput;
  return Array.from({ length: rows }, (_, row) => {
    const input = Math.floor(row / perInput);
    const prompt = options.prompts?.[input] ?? [];
    return { input, prompt, ids: [model.config.decoderStartTokenId], logProbability: 0, hasEnded: false };
  });
}

/** Grows the outputs in place, and yields how long the longest are after each step. */
export async function* growOutputs(
  model: T5Model,
  inputs: T5Inputs,
  outputs: Output[],
  options: StreamOptions,
): AsyncGenerator<number, void, void> {
  const { padTokenId, eosTokenId } = model.config;
  const { processors = [], sampling, maxNewTokens } = options;
  const isGreedy = processors.length === 0 && sampling === undefined;
  let state = startGeneration(model, inputs, options.task);
  try {
    state = pickRows(
      state,
      outputs.map(({ input }) => input),
    );
    if (isGreedy && maxNewTokens >= LEAST_QUANTIZED) state = quantizeOutput(model, state);
    let fed = 0;
    let ahead: ArrayLike<number>[] = [];
    const shouldStop = watchForStop(options.signal);
    for (let length = 1; !outputs.every(({ hasEnded }) => hasEnded) && !(await shouldStop()); length++) {
      const isChosen = outputs.map(({ prompt, hasEnded }) => !hasEnded && prompt.length < length);
      let chosen = ahead.shift() ?? [];
      // While all of them are inside their prompts there's nothing to choose: those tokens are fed together.
      if (isChosen.includes(true) && chosen.length === 0) {
        const tokens = outputs.map(({ ids }) => range(fed, length).map((at) => ids[at] ?? padTokenId));
        if (isGreedy) {
          const next = greedySteps(model, tokens, state, boundsOf(outputs, length, maxNewTokens));
          state = next.state;
          [chosen = [], ...ahead] = await readSteps(next.best);
        } else {
          const next = decodeStep(model, tokens, state);
          state = next.state;
          chosen = await chooseTokens(next.logits, outputs, isChosen, processors, sampling);
        }
        fed = length + ahead.length;
      }
      for (const [row, output] of outputs.entries()) {
        if (output.hasEnded) continue;
        const token = isChosen[row] ? (chosen[row] as number) : (output.prompt[length - 1] as number);
        output.ids.push(token);
        const isLast = length - output.prompt.length === maxNewTokens;
        output.hasEnded = isLast || (isChosen[row] === true && token === eosTokenId);
      }
      yield length + 1;
    }
  } finally {
    disposeTree(state);
  }
}

/** Outputs that may be shorter aren't worth the preparation. */
const LEAST_QUANTIZED = 8;

/** Steps may follow by themselves once no output is inside its prompt. */
function boundsOf(outputs: Output[], length: number, maxNewTokens: number): GreedyBounds {
  const open = outputs.filter(({ hasEnded }) => !hasEnded);
  const isPrompted = open.some(({ prompt }) => prompt.length >= length);
  const left = open.map(({ prompt }) => maxNewTokens + prompt.length + 1 - length);
  return { steps: isPrompted ? 1 : Math.max(...left), hasEnded: outputs.map(({ hasEnded }) => hasEnded) };
}

/** The tokens of each step. Disposes `best`. */
async function readSteps(best: tf.Tensor2D): Promise<ArrayLike<number>[]> {
  try {
    const [steps, rows] = best.shape;
    const tokens = (await best.data()) as Int32Array;
    return Array.from({ length: steps }, (_, step) => tokens.subarray(step * rows, (step + 1) * rows));
  } finally {
    best.dispose();
  }
}

/** A token for each row that is to be chosen. Disposes `logits`. */
async function chooseTokens(
  logits: tf.Tensor2D,
  outputs: Output[],
  isChosen: boolean[],
  processors: readonly LogitsProcessor[],
  sampling: StreamOptions["sampling"],
): Promise<ArrayLike<number>> {
  try {
    const rows = await readRows(logits);
    return outputs.map((output, row) => {
      if (!isChosen[row]) return 0;
      const scores = rows[row] as Float32Array;
      for (const process of processors) process(scores, output.ids, output.input);
      if (scores.every((score) => score === Number.NEGATIVE_INFINITY)) {
        throw new Error(`generate: processors: every token is forbidden after [${output.ids.join(", ")}]`);
      }
      if (sampling === undefined) return indexOfLargest(scores);
      const token = sampleToken(scores, sampling.rng, sampling);
      output.logProbability += logProbability(scores, token);
      return token;
    });
  } finally {
    logits.dispose();
  }
}

function indexOfLargest(scores: Float32Array): number {
  let best = 0;
  for (let i = 1; i < scores.length; i++) if ((scores[i] as number) > (scores[best] as number)) best = i;
  return best;
}

/** @throws RangeError if an option is out of bounds. */
export function checkStreamOptions(
  { config }: T5Model,
  { inputIds }: T5Inputs,
  { maxNewTokens, prompts }: StreamOptions,
): void {
  if (!Number.isInteger(maxNewTokens) || maxNewTokens < 1) {
    throw new RangeError(`generate: maxNewTokens: expected an integer from 1 on, got ${maxNewTokens}`);
  }
  if (prompts === undefined) return;
  if (prompts.length !== inputIds.shape[0]) {
    throw new RangeError(`generate: prompts: expected ${inputIds.shape[0]}, one for each input, got ${prompts.length}`);
  }
  checkIds("generate: prompts", prompts, config.vocabSize);
}

function range(start: number, end: number): number[] {
  return Array.from({ length: end - start }, (_, i) => start + i);
}
