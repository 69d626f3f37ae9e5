import { disposeTree } from "@t5ts/tensor-core";
import type * as tf from "@tensorflow/tfjs-core";
import type { T5Inputs } from "../encoder.js";
import type { GreedyBounds } from "../fused/decoder.js";
import type { T5Model } from "../params.js";
import { checkStreamCall, type StreamOptions } from "./generation-options.js";
import { watchForStop } from "./interruption.js";
import type { LogitsProcessor } from "./logits-processors.js";
import { nextLogits, nextTokens, readRows, startGeneration } from "./next-tokens.js";
import { logProbability, sampleToken } from "./sampling.js";
import { indexOfLargest, MODEL, notANumber, PROCESSORS } from "./score-error.js";

/**
 * Generates token by token: yields, after each step, the next token of every input, `padTokenId` for those that have
 * ended. Greedy, or sampling. Tokens of prompts are yielded like others.
 *
 * The tensors it made are freed when it ends, also when its caller stops early.
 *
 * @throws TypeError or RangeError for an argument that can't be; the signal's reason when it's aborted; ScoreError if
 *   there's nothing to choose from: scores that aren't numbers, or every token forbidden.
 */
export async function* streamTokens(
  model: T5Model,
  inputs: T5Inputs,
  options: StreamOptions,
): AsyncGenerator<number[], void, void> {
  checkStreamCall(model, inputs, options);
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

/** Starts `perInput` outputs for each input, side by side. */
export function startOutputs(model: T5Model, inputs: T5Inputs, options: StreamOptions, perInput = 1): Output[] {
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
  const rows = outputs.map(({ input }) => input);
  const greedyTokens = isGreedy ? maxNewTokens : undefined;
  let state = startGeneration(model, inputs, { task: options.task, rows, greedyTokens });
  try {
    let fed = 0;
    let ahead: ArrayLike<number>[] = [];
    const shouldStop = watchForStop(options.signal);
    for (let length = 1; !outputs.every(({ hasEnded }) => hasEnded); length++) {
      if (await shouldStop()) options.signal?.throwIfAborted();
      const isChosen = outputs.map(({ prompt, hasEnded }) => !hasEnded && prompt.length < length);
      let chosen = ahead.shift() ?? [];
      // While all of them are inside their prompts there's nothing to choose: those tokens are fed together.
      if (isChosen.includes(true) && chosen.length === 0) {
        const tokens = outputs.map(({ ids }) => range(fed, length).map((at) => ids[at] ?? padTokenId));
        const bounds = boundsOf(outputs, length, maxNewTokens);
        const greedy = isGreedy ? await nextTokens(model, tokens, state, bounds) : undefined;
        if (greedy) {
          state = greedy.state;
          [chosen = [], ...ahead] = greedy.steps;
        } else {
          const next = nextLogits(model, tokens, state);
          state = next.state;
          chosen = await chooseTokens(next.logits, outputs, isChosen, processors, sampling);
        }
        fed = length + ahead.length;
      }
      for (const [row, output] of outputs.entries()) {
        if (output.hasEnded) continue;
        const token = isChosen[row] ? (chosen[row] as number) : (output.prompt[length - 1] as number);
        if (token < 0) throw notANumber(MODEL, { input: output.input, step: length }, "none that is largest");
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

/** Steps may follow by themselves once no output is inside its prompt. */
function boundsOf(outputs: Output[], length: number, maxNewTokens: number): GreedyBounds {
  const open = outputs.filter(({ hasEnded }) => !hasEnded);
  const isPrompted = open.some(({ prompt }) => prompt.length >= length);
  const left = open.map(({ prompt }) => maxNewTokens + prompt.length + 1 - length);
  return { steps: isPrompted ? 1 : Math.max(...left), hasEnded: outputs.map(({ hasEnded }) => hasEnded) };
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
      const place = { input: output.input, step: output.ids.length };
      let best = indexOfLargest(scores, MODEL, place);
      for (const process of processors) process(scores, output.ids, output.input);
      if (processors.length > 0) best = indexOfLargest(scores, PROCESSORS, place);
      if (sampling === undefined) return best;
      const token = sampleToken(scores, sampling.rng, sampling);
      output.logProbability += logProbability(scores, token);
      return token;
    });
  } finally {
    logits.dispose();
  }
}

function range(start: number, end: number): number[] {
  return Array.from({ length: end - start }, (_, i) => start + i);
}
