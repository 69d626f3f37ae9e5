import type { KeyValue } from "@t5ts/layers";
import type { Rng } from "@t5ts/random";
import { disposeReplaced, disposeTree, tidy } from "@t5ts/tensor-core";
import * as tf from "@tensorflow/tfjs-core";
import {
  type BeamOptions,
  type BeamSearch,
  HuggingFaceBeamSearch,
  type Hypothesis,
  type ScoreRow,
  T5xBeamSearch,
} from "./beam-search.js";
import { type DecoderState, decode, startDecoding } from "./decoder.js";
import { encode, type T5Inputs } from "./encoder.js";
import type { LogitsProcessor } from "./logits-processors.js";
import type { T5Model } from "./params.js";
import { type SamplingOptions, sampleToken } from "./sampling.js";

export type StreamOptions = {
  /** The longest output, in tokens, the end token counted. */
  maxNewTokens: number;
  task?: string;
  /** Applied in order to each row of scores before a token is chosen. */
  processors?: readonly LogitsProcessor[];
  /** Draws tokens with `rng`; without it, the best token is taken. */
  sampling?: SamplingOptions & { rng: Rng };
  /** Ends the generation before its next step. */
  signal?: AbortSignal;
};

/**
 * Generates token by token: yields, after each step, the next token of every input, `padTokenId` for those that have
 * ended. Greedy, or sampling.
 *
 * The tensors it made are freed when it ends, also when its caller stops early.
 */
export async function* streamTokens(
  model: T5Model,
  inputs: T5Inputs,
  { maxNewTokens, task, processors = [], sampling, signal }: StreamOptions,
): AsyncGenerator<number[], void, void> {
  const { padTokenId, eosTokenId, decoderStartTokenId } = model.config;
  const batch = inputs.inputIds.shape[0];
  let state = startGeneration(model, inputs, task);
  try {
    const sequences = Array.from({ length: batch }, () => [decoderStartTokenId]);
    const hasEnded = new Array<boolean>(batch).fill(false);
    for (let step = 0; step < maxNewTokens && hasEnded.includes(false) && !signal?.aborted; step++) {
      const next = decodeStep(
        model,
        sequences.map((ids) => ids.at(-1) as number),
        state,
      );
      state = next.state;
      const isPlain = processors.length === 0 && sampling === undefined;
      const best = isPlain ? await bestTokens(next.logits) : undefined;
      const rows = isPlain ? [] : await readRows(next.logits);
      next.logits.dispose();
      const tokens = sequences.map((ids, row) => {
        if (hasEnded[row]) return padTokenId;
        if (best !== undefined) return best[row] as number;
        const scores = rows[row] as Float32Array;
        for (const process of processors) process(scores, ids);
        return sampling === undefined ? indexOfLargest(scores) : sampleToken(scores, sampling.rng, sampling);
      });
      for (const [row, token] of tokens.entries()) {
        sequences[row]?.push(token);
        if (token === eosTokenId) hasEnded[row] = true;
      }
      yield tokens;
    }
  } finally {
    disposeTree(state);
  }
}

export type GenerateOptions = StreamOptions & {
  /** Beams to search with; 1, the default, is greedy or sampling. */
  numBeams?: number;
  /** How many outputs for each input, at most `numBeams`. Default 1. */
  numReturn?: number;
  /** Exponent of the length penalty. Default 0.6, as T5 translates. */
  lengthPenalty?: number;
  isEarlyStopping?: boolean;
  /** Whose beam search, as their scores and ends differ. Default `t5x`. */
  dialect?: "t5x" | "huggingface";
};

/**
 * The outputs for each input, best first: tokens without the start token, up to and with the end token.
 *
 * `score` is of beams only; of one that was aborted or chosen greedily it's NaN.
 */
export async function generate(model: T5Model, inputs: T5Inputs, options: GenerateOptions): Promise<Hypothesis[][]> {
  const { numBeams = 1, numReturn = 1 } = options;
  if (!Number.isInteger(numBeams) || numBeams < 1 || numReturn > numBeams) {
    throw new RangeError(`generate: numReturn: expected at most numBeams (${numBeams}), got ${numReturn}`);
  }
  if (numBeams > 1) return generateWithBeams(model, inputs, { ...options, numBeams, numReturn });
  const sequences: number[][] = Array.from({ length: inputs.inputIds.shape[0] }, () => []);
  for await (const tokens of streamTokens(model, inputs, options)) {
    for (const [row, token] of tokens.entries()) {
      const ids = sequences[row] as number[];
      if (ids.at(-1) !== model.config.eosTokenId) ids.push(token);
    }
  }
  return sequences.map((ids) => [{ ids, score: Number.NaN }]);
}

async function generateWithBeams(
  model: T5Model,
  inputs: T5Inputs,
  options: GenerateOptions & { numBeams: number; numReturn: number },
): Promise<Hypothesis[][]> {
  const { processors = [], task, signal, numReturn } = options;
  const searches = inputs.inputIds.shape[0];
  const searchOptions = beamOptions(model, options);
  const Search = options.dialect === "huggingface" ? HuggingFaceBeamSearch : T5xBeamSearch;
  const groups = Array.from({ length: searches }, (_, input) => ({
    search: new Search(searchOptions) as BeamSearch,
    // One beam to begin with: the rows of the model's batch that are this input's.
    rows: [input],
    sequences: [[model.config.decoderStartTokenId]],
  }));
  let state = startGeneration(model, inputs, task);
  try {
    while (groups.some(({ search }) => !search.isDone) && !signal?.aborted) {
      const tokens = groups.flatMap(({ sequences }) => sequences.map((ids) => ids.at(-1) as number));
      const next = decodeStep(model, tokens, state);
      state = next.state;
      const scored = await scoreRows(next.logits);
      next.logits.dispose();
      let offset = 0;
      const parents: number[] = [];
      for (const group of groups) {
        const rows = group.rows.map((row, beam) =>
          processed(scored[row] as ScoreRow, group.sequences[beam]!, processors),
        );
        // An input that is done keeps a row, so that the others' rows stay beside each other.
        const step = group.search.isDone
          ? { parents: group.rows.length === 0 ? [] : [0], tokens: [model.config.padTokenId] }
          : group.search.advance(rows);
        parents.push(...step.parents.map((parent) => group.rows[parent] as number));
        group.sequences = step.parents.map((parent, i) => [...group.sequences[parent]!, step.tokens[i] as number]);
        group.rows = step.parents.map(() => offset++);
      }
      state = reorder(state, parents);
    }
    return groups.map(({ search }) => search.best(numReturn));
  } finally {
    disposeTree(state);
  }
}

function beamOptions(
  { config }: T5Model,
  { numBeams, maxNewTokens, lengthPenalty = 0.6, isEarlyStopping = false }: GenerateOptions & { numBeams: number },
): BeamOptions {
  const { eosTokenId, padTokenId } = config;
  return { numBeams, maxNewTokens, lengthPenalty, isEarlyStopping, eosTokenId, padTokenId };
}

function startGeneration(model: T5Model, inputs: T5Inputs, task: string | undefined): DecoderState {
  return tidy(() => startDecoding(model, encode(model, inputs, { task })));
}

/** One token further. Takes over `state`: frees what the next one doesn't hold. `logits` are [rows, vocabSize]. */
function decodeStep(
  model: T5Model,
  tokens: readonly number[],
  state: DecoderState,
): { logits: tf.Tensor2D; state: DecoderState } {
  const next = tidy(() => {
    const ids = tf.tensor2d(tokens as number[], [tokens.length, 1], "int32");
    const { logits, state: after } = decode(model, ids, state);
    return { logits: tf.reshape(logits, [tokens.length, model.config.vocabSize]) as tf.Tensor2D, state: after };
  });
  disposeReplaced(state, next.state);
  return next;
}

/** The state of other rows: row i of the result is row `rows[i]` of `state`, which is taken over. */
function reorder(state: DecoderState, rows: readonly number[]): DecoderState {
  const batch = state.crossBias.shape[0] as number;
  if (rows.length === batch && rows.every((row, i) => row === i)) return state;
  const next = tidy(() => {
    const indices = tf.tensor1d(rows as number[], "int32");
    const pick = <T extends tf.Tensor>(x: T): T => tf.gather(x, indices);
    const pickAll = (list: KeyValue[]): KeyValue[] =>
      list.map(({ key, value }) => ({ key: pick(key), value: pick(value) }));
    return { crossBias: pick(state.crossBias), cross: pickAll(state.cross), self: pickAll(state.self) };
  });
  disposeTree(state);
  return next;
}

async function bestTokens(logits: tf.Tensor2D): Promise<Int32Array> {
  const best = tf.argMax(logits, -1);
  const tokens = (await best.data()) as Int32Array;
  best.dispose();
  return tokens;
}

async function readRows(logits: tf.Tensor2D): Promise<Float32Array[]> {
  const [rows, vocabSize] = logits.shape;
  const data = (await logits.data()) as Float32Array;
  return Array.from({ length: rows }, (_, row) => data.slice(row * vocabSize, (row + 1) * vocabSize));
}

async function scoreRows(logits: tf.Tensor2D): Promise<ScoreRow[]> {
  const logZ = tf.logSumExp(logits, -1);
  const [rows, values] = await Promise.all([readRows(logits), logZ.data()]);
  logZ.dispose();
  return rows.map((scores, row) => ({ scores, logZ: values[row] as number }));
}

/** Beams are processed as log probabilities, like in Hugging Face. */
function processed({ scores, logZ }: ScoreRow, tokens: number[], processors: readonly LogitsProcessor[]): ScoreRow {
  if (processors.length === 0) return { scores, logZ };
  const logProbabilities = scores.map((score) => score - logZ);
  for (const process of processors) process(logProbabilities, tokens);
  return { scores: logProbabilities, logZ: 0 };
}

function indexOfLargest(scores: Float32Array): number {
  let best = 0;
  for (let i = 1; i < scores.length; i++) if ((scores[i] as number) > (scores[best] as number)) best = i;
  return best;
}
