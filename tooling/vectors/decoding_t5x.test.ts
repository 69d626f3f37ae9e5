import { createRng } from "@t5ts/random";
import {
  allowTokens,
  type GenerateOptions,
  generate,
  type Hypothesis,
  keepTopP,
  sortBestFirst,
  T5xBeamSearch,
  t5xLengthPenalty,
} from "@t5ts/t5-model";
import { CPU_BACKEND, selectBackend } from "@t5ts/tensor-core";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect } from "vitest";
import { expectClose, runVectors, type VectorCase } from "./run-vectors.js";
import { scriptedModel } from "./scripted-model.js";

/** T5X's finite stand-in for -∞, which it also gives as the score of a place that no sequence took. */
const NEVER = -1e7;

// Where a case states no tolerance.
const EXACT = 1e-6;

beforeAll(() => selectBackend("cpu", [CPU_BACKEND]));

runVectors(
  "decoding_t5x.json",
  {
    // `model_calls` isn't compared: tokens that all prompts have are fed in one call here.
    sample: async (c) => {
      const steps = limit(c.max_decode_steps, c.max_decode_steps_hard_limit);
      const outputs = await eachInput(c, steps, (row) => ({ sampling: samplingOptions(c, row) }));
      expect(outputs.map(([output], row) => padded(output!, c.inputs[row].length))).toEqual(c.expected);
    },
    top_p_logits: (c) => {
      const scores = Float32Array.from(c.logits as number[], (logit) => logit / c.temperature);
      keepTopP(scores, c.topp);
      expectClose(Array.from(scores, finite), c.expected, c.tolerance ?? EXACT);
    },
    greedy_bigram: async (c) => {
      const [output] = await bigram(c, {});
      expect(padded(output!, c.max_decode_length)).toEqual(c.expected);
    },
    beam_search_bigram: async (c) => {
      expectWorstFirst(searchBigram(c), c.expected, c.scores, c);
      if (c.beam === 1) return; // `generate` takes the best token then; a search with one beam is another thing
      const found = await bigram(c, { numBeams: c.beam, numReturn: c.beam, lengthPenalty: c.alpha });
      expectWorstFirst(found, c.expected, c.scores, c);
    },
    beam_search: async (c) => {
      const steps = limit(c.max_decode_step ?? c.max_decode_steps, c.max_decode_step_hard_limit);
      const beams = { numBeams: c.beam, numReturn: c.beam, lengthPenalty: c.alpha };
      const outputs = await eachInput(c, steps, () => beams);
      for (const [row, found] of outputs.entries()) expectWorstFirst(found, c.expected[row], c.scores[row], c);
    },
    beam_search_markov: (c) => {
      const tables = [[], ...c.transition_logits_by_step] as number[][][];
      const search = startSearch(c);
      let last = [0];
      for (let step = 0; !search.isDone; step++) {
        const rows = last.map((token) => scoreRow(step === 0 ? c.first_step_logits : tables[step]![token]!));
        last = search.advance(rows).tokens;
      }
      expectWorstFirst(search.best(c.beam), c.expected, c.scores, c);
    },
    exhaustive_best: (c) => {
      const wide = { ...c, beam: 4 * c.logits_by_current_token.length };
      const [best] = searchBigram(wide);
      expect(best?.ids).toEqual(c.best);
      expectClose(best?.score, c.best_score, c.tolerance ?? EXACT);
    },
    sample_forced_draws: async (c) => {
      const vocabSize = 1 + Math.max(...[c.inputs, c.draws_per_step].flat(2), c.eos_id);
      const model = scriptedModel("token", [], vocabSize);
      model.config.eosTokenId = c.eos_id;
      const inputs = c.inputs as number[][];
      const inputIds = tf.ones([inputs.length, 1], "int32") as tf.Tensor2D;
      // The draw of each step stands in for a generator's.
      const draw = allowTokens((tokens, row) => [c.draws_per_step[tokens.length - 1][row]]);
      const outputs: number[][] = [];
      for (const [row, input] of inputs.entries()) {
        const prompts = inputs.map(promptOf);
        const maxNewTokens = input.length - prompts[row]!.length;
        const found = await generate(model, { inputIds }, { maxNewTokens, prompts, processors: [draw] });
        outputs.push(padded(found[row]![0]!, input.length));
      }
      expect(outputs).toEqual(c.expected);
    },
    sort_decodes: (c) => {
      for (const [row, decodes] of (c.decodes as number[][][]).entries()) {
        const hypotheses = decodes.map((ids, i) => ({ ids, score: c.scores[row][i] as number }));
        const worstFirst = sortBestFirst(hypotheses).reverse();
        expect(worstFirst.map(({ ids }) => ids)).toEqual(c.expected[row]);
        expect(worstFirst.map(({ score }) => score)).toEqual(c.expected_scores[row]);
      }
    },
    length_penalty: (c) => expectClose(t5xLengthPenalty(c.length, c.alpha), c.expected, c.tolerance ?? EXACT),
  },
  {
    notCovered: {
      add_beam_dim: "T5X keeps the beams of a batch in one array of a fixed shape; here each input has a list of them",
      flat_batch_beam_expand: "as add_beam_dim",
      right_align_prompts: "T5X pads prompts into one array; here each is a list of its own length",
      left_align_prompts: "as right_align_prompts",
    },
  },
);

/** T5X's prompts are what stands behind the start token in an array of the whole length, up to the first padding. */
function promptOf(inputs: number[]): number[] {
  const end = inputs.indexOf(0, 1);
  return inputs.slice(1, end < 0 ? inputs.length : end);
}

function limit(...limits: (number | null | undefined)[]): number {
  return Math.min(...limits.map((value) => value || Number.POSITIVE_INFINITY));
}

/** Runs the inputs one by one, since each may fill its array of the whole length with another number of tokens. */
async function eachInput(
  c: VectorCase,
  maxSteps: number,
  options: (row: number) => Partial<GenerateOptions>,
): Promise<Hypothesis[][]> {
  const inputs = c.inputs as number[][];
  const vocabSize = Math.max(c.logits_every_step[0].length, 1 + Math.max(...inputs.flat()));
  const model = scriptedModel("input", c.logits_every_step, vocabSize);
  model.config.eosTokenId = c.eos_id;
  model.config.padTokenId = vocabSize - 1; // any but the row's own number, which would be padding in the input
  const outputs: Hypothesis[][] = [];
  for (const [row, input] of inputs.entries()) {
    const prompt = promptOf(input);
    const maxNewTokens = Math.min(maxSteps, input.length - prompt.length);
    const inputIds = tf.tensor2d([[row]], [1, 1], "int32");
    const inputMask = tf.onesLike(inputIds) as tf.Tensor2D;
    const [found] = await generate(
      model,
      { inputIds, inputMask },
      { maxNewTokens, prompts: [prompt], ...options(row) },
    );
    outputs.push(found as Hypothesis[]);
  }
  return outputs;
}

/** T5X takes the best token at a temperature of 0. */
function samplingOptions(c: VectorCase, row: number): GenerateOptions["sampling"] {
  const temperature = (Array.isArray(c.temperature) ? c.temperature[row] : c.temperature) ?? 1;
  if (temperature < 1e-4) return undefined;
  return { rng: createRng(0), temperature, topK: c.topk || undefined, topP: c.topp || undefined };
}

async function bigram(c: VectorCase, options: Partial<GenerateOptions>): Promise<Hypothesis[]> {
  const table = c.logits_by_current_token as number[][];
  const model = scriptedModel("token", table, table.length);
  model.config.eosTokenId = c.eos_id;
  model.config.decoderStartTokenId = c.start_token;
  const inputIds = tf.tensor2d([[1]], [1, 1], "int32");
  const [found] = await generate(model, { inputIds }, { maxNewTokens: c.max_decode_length, ...options });
  return found as Hypothesis[];
}

/** The search alone, without a model. */
function searchBigram(c: VectorCase): Hypothesis[] {
  const rows = (c.logits_by_current_token as number[][]).map(scoreRow);
  const search = startSearch(c);
  let last = [c.start_token as number];
  while (!search.isDone) last = search.advance(last.map((token) => rows[token]!)).tokens;
  return search.best(c.beam);
}

function startSearch(c: VectorCase): T5xBeamSearch {
  return new T5xBeamSearch({
    numBeams: c.beam,
    maxNewTokens: c.max_decode_length,
    eosTokenId: c.eos_id,
    lengthPenalty: c.alpha,
    isEarlyStopping: false,
  });
}

function scoreRow(logits: number[]): { scores: Float32Array; logZ: number } {
  const total = logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
  return { scores: Float32Array.from(logits), logZ: Math.log(total) };
}

/** T5X returns the worst first, with rows of padding in places that no sequence took. */
function expectWorstFirst(found: Hypothesis[], expected: number[][], scores: number[], c: VectorCase): void {
  const missing = expected.length - found.length;
  const all = [...found, ...Array.from({ length: missing }, () => ({ ids: [], score: NEVER }))].reverse();
  expect(all.map((hypothesis, i) => padded(hypothesis, expected[i]!.length))).toEqual(expected);
  expectClose(
    all.map(({ score }) => score),
    scores,
    c.tolerance ?? EXACT,
  );
}

function padded({ ids }: { ids: number[] }, length: number): number[] {
  return [...ids, ...new Array<number>(length - ids.length).fill(0)];
}

function finite(score: number): number {
  return Math.max(score, NEVER);
}
