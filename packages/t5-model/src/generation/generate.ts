import { disposeTree } from "@t5ts/tensor-core";
import type { T5Inputs } from "../encoder.js";
import type { T5Model } from "../params.js";
import { type BeamOptions, type BeamSearch, type Hypothesis, type ScoreRow, sortBestFirst } from "./beam-search.js";
import { type BeamDialect, checkGenerateCall, type GenerateOptions } from "./generation-options.js";
import { HuggingFaceBeamSearch } from "./huggingface-beam-search.js";
import { HuggingFace5BeamSearch } from "./huggingface5-beam-search.js";
import { watchForStop } from "./interruption.js";
import type { LogitsProcessor } from "./logits-processors.js";
import { nextLogits, pickRows, startGeneration } from "./next-tokens.js";
import { MODEL, notANumber, nothingLeft, PROCESSORS, type ScorePlace } from "./score-error.js";
import { scoreRows } from "./score-rows.js";
import { growOutputs, startOutputs } from "./stream-tokens.js";
import { T5xBeamSearch } from "./t5x-beam-search.js";

const BEAM_SEARCHES: Readonly<Record<BeamDialect, new (options: BeamOptions) => BeamSearch>> = {
  t5x: T5xBeamSearch,
  huggingface: HuggingFaceBeamSearch,
  huggingface5: HuggingFace5BeamSearch,
};

/**
 * One output: its tokens without the start token, the prompt included, up to and with the end token. `score` is the
 * search's, with beams, and the sum of log probabilities, when sampling; a greedy output has none.
 */
export type GeneratedIds = { ids: number[]; score?: number };

/**
 * Generates the outputs for each input, best first.
 *
 * @throws TypeError or RangeError for an argument that can't be; the signal's reason when it's aborted; ScoreError if
 *   there's nothing to choose from: scores that aren't numbers, or every token forbidden.
 */
export async function generate(model: T5Model, inputs: T5Inputs, options: GenerateOptions): Promise<GeneratedIds[][]> {
  checkGenerateCall(model, inputs, options);
  const { numBeams = 1, numReturn = 1, sampling } = options;
  if (numBeams > 1) return searchBeams(model, inputs, { ...options, numBeams, numReturn });
  const outputs = startOutputs(model, inputs, options, numReturn);
  for await (const _ of growOutputs(model, inputs, outputs, options));
  return Array.from({ length: inputs.inputIds.shape[0] }, (_, input) => {
    const own = outputs.slice(input * numReturn, (input + 1) * numReturn);
    if (sampling === undefined) return own.map(({ ids }) => ({ ids: ids.slice(1) }));
    return sortBestFirst(own.map(({ ids, logProbability }) => ({ ids: ids.slice(1), score: logProbability })));
  });
}

/** One input's search. `rows` are the places of its live beams in the model's batch, `sequences` what they have. */
type Group = { search: BeamSearch; prompt: readonly number[]; rows: number[]; sequences: number[][] };

async function searchBeams(
  model: T5Model,
  inputs: T5Inputs,
  options: GenerateOptions & { numBeams: number; numReturn: number },
): Promise<Hypothesis[][]> {
  const { processors = [], task, signal, numReturn } = options;
  const groups = startGroups(model, inputs, options);
  let state = startGeneration(model, inputs, { task, rows: groups.flatMap(({ rows }) => rows) });
  try {
    let fed = 0;
    const shouldStop = watchForStop(signal);
    for (let length = 1; groups.some(({ search }) => !search.isDone); length++) {
      if (await shouldStop()) signal?.throwIfAborted();
      const isSearching = groups.map(({ search, prompt }) => !search.isDone && prompt.length < length);
      let scored: ScoreRow[] = [];
      if (isSearching.includes(true)) {
        const tokens = groups.flatMap(({ sequences }) => sequences.map((ids) => ids.slice(fed)));
        const next = nextLogits(model, tokens, state);
        state = next.state;
        fed = length;
        scored = await scoreRows(next.logits, processors.length === 0 ? 2 * options.numBeams : undefined);
      }
      const parents: number[] = [];
      const inputOfRow = groups.flatMap(({ rows }, input) => rows.map(() => input));
      for (const [input, group] of groups.entries()) {
        const process = (row: number, beam: number): ScoreRow =>
          processed(scored[row] as ScoreRow, group.sequences[beam] as number[], { input, step: length }, processors);
        // An input that is done keeps a row, so that the others' rows stay beside each other.
        const step = isSearching[input]
          ? group.search.advance(group.rows.map(process))
          : {
              parents: group.rows.slice(0, 1).map(() => 0),
              tokens: [group.prompt[length - 1] ?? model.config.padTokenId],
            };
        if (isSearching[input] && step.tokens.length === 0 && group.search.best(1).length === 0) {
          throw nothingLeft({ input, step: length });
        }
        const offset = parents.length;
        parents.push(...step.parents.map((parent) => group.rows[parent] as number));
        group.sequences = step.parents.map((parent, i) => [...group.sequences[parent]!, step.tokens[i] as number]);
        group.rows = step.parents.map((_, i) => offset + i);
      }
      state = pickRows(state, parents, inputOfRow);
    }
    return groups.map(({ search }) => search.best(numReturn));
  } finally {
    disposeTree(state);
  }
}

/** One beam each to begin with. */
function startGroups(model: T5Model, inputs: T5Inputs, options: GenerateOptions & { numBeams: number }): Group[] {
  const { eosTokenId, decoderStartTokenId } = model.config;
  const { numBeams, maxNewTokens, lengthPenalty = 0.6, isEarlyStopping = false, dialect = "t5x", prompts } = options;
  const Search = BEAM_SEARCHES[dialect];
  return Array.from({ length: inputs.inputIds.shape[0] }, (_, input) => {
    const prompt = prompts?.[input] ?? [];
    const search = new Search({ numBeams, maxNewTokens, lengthPenalty, isEarlyStopping, eosTokenId, prompt });
    return { search, prompt, rows: [input], sequences: [[decoderStartTokenId]] };
  });
}

/** Beams are processed as log probabilities, like in Hugging Face. */
function processed(
  row: ScoreRow,
  tokens: number[],
  place: ScorePlace,
  processors: readonly LogitsProcessor[],
): ScoreRow {
  const { scores, logZ } = row;
  // The sum over all tokens is finite if each of them is, and one isn't -∞.
  if (!Number.isFinite(logZ)) throw notANumber(MODEL, place, `a sum of ${logZ}`);
  if (processors.length === 0) return row;
  const logProbabilities = scores.map((score) => score - logZ);
  for (const process of processors) process(logProbabilities, tokens, place.input);
  const odd = logProbabilities.findIndex((score) => !(score < Number.POSITIVE_INFINITY));
  if (odd !== -1) throw notANumber(PROCESSORS, place, `${logProbabilities[odd]} for token ${odd}`);
  return { scores: logProbabilities, logZ: 0 };
}
