import { checkIds, leaves, tidy, valueAndGrad } from "@t5ts/tensor-core";
import * as tf from "@tensorflow/tfjs-core";
import { attentionMaps } from "./attention-maps.js";
import { listParameters } from "./checkpoint/parameters.js";
import type { T5Config } from "./config.js";
import { decode, startDecoding } from "./decoder.js";
import { encode, type T5Inputs } from "./encoder.js";
import { generate } from "./generation/generate.js";
import type { BeamDialect, GenerateOptions } from "./generation/generation-options.js";
import { type LogitsProcessor, noRepeatNgram, repetitionPenalty } from "./generation/logits-processors.js";
import { ScoreError } from "./generation/score-error.js";
import { type T5Batch, targetCosts } from "./model.js";
import type { T5Model, T5Params } from "./params.js";

/** What another implementation made of some inputs. Fields are Hugging Face's; those absent aren't compared. */
export type VerifyCase = {
  input_ids: number[][];
  attention_mask?: number[][];
  /** -100 isn't counted. */
  labels?: number[][];
  decoder_input_ids?: number[][];
  expected: Record<string, unknown>;
};

/** The largest difference found for one quantity of one case. */
export type Check = {
  case: number;
  quantity: string;
  difference: number;
  tolerance: number;
  /** `unknown` quantities aren't compared: nothing here computes them. */
  verdict: "passed" | "failed" | "unknown";
};

/** Absolute, but for gradient norms, which are relative; ids are equal or not. */
const TOLERANCES = { encoder: 1e-4, logits: 1e-4, attention: 1e-4, loss: 1e-5, gradients: 1e-3, scores: 1e-3, ids: 0 };

/** Generation of the cases was cut at 20 tokens, the start token counted. */
const MAX_NEW_TOKENS = 19;

/**
 * Runs a model on cases with known answers and compares everything that they expect.
 *
 * @throws ScoreError naming the case, the input and the step where the model can't generate.
 */
export async function verifyT5(model: T5Model, cases: readonly VerifyCase[]): Promise<Check[]> {
  const checks: Check[] = [];
  for (const [index, testCase] of cases.entries()) {
    checkCase(`cases[${index}]`, testCase, model);
    const { batch, labels } = toTensors(testCase, model);
    try {
      for (const [quantity, expected] of Object.entries(testCase.expected)) {
        const compared = await compare(model, batch, labels, { quantity, expected, testCase });
        checks.push(...compared.map((check) => ({ case: index, ...check })));
      }
    } catch (error) {
      if (!(error instanceof ScoreError)) throw error;
      throw new ScoreError(error, error.problem, `verifyT5: cases[${index}]`);
    } finally {
      tf.dispose([batch as unknown as tf.TensorContainer, labels]);
    }
  }
  return checks;
}

type Comparison = Omit<Check, "case">;

async function compare(
  model: T5Model,
  batch: T5Batch,
  labels: tf.Tensor2D,
  { quantity, expected, testCase }: { quantity: string; expected: unknown; testCase: VerifyCase },
): Promise<Comparison[]> {
  const within = (difference: number, tolerance: number, name = quantity): Comparison => ({
    quantity: name,
    difference,
    tolerance,
    verdict: difference <= tolerance ? "passed" : "failed",
  });
  switch (quantity) {
    case "loss":
      return [within(Math.abs((await lossOf(model, batch, labels)) - (expected as number)), TOLERANCES.loss)];
    case "logits":
      return [within(largestDifference(await logitsOf(model, batch), expected), TOLERANCES.logits)];
    case "encoder_last_hidden_state": {
      const actual = await encodedOf(model, batch);
      return [within(largestDifference(actual, expected, testCase.attention_mask), TOLERANCES.encoder)];
    }
    case "cross_attention_layer0":
      return [within(largestDifference(await crossAttentionOf(model, batch), expected), TOLERANCES.attention)];
    case "grads": {
      const { norms, heads } = await compareGradients(
        model,
        batch,
        labels,
        expected as Record<string, ExpectedGradient>,
      );
      return [
        within(norms, TOLERANCES.gradients, "gradient norms"),
        within(heads, TOLERANCES.gradients, "first gradients"),
      ];
    }
  }
  const options = generationOptions(quantity);
  if (options === undefined) return [{ quantity, difference: Number.NaN, tolerance: 0, verdict: "unknown" }];
  const { sequences, scores } = await generated(model, batch, options);
  const beams = Array.isArray(expected)
    ? { sequences: expected }
    : (expected as { sequences: number[][]; scores?: number[] });
  const ids = within(idDifferences(sequences, beams.sequences, model.config), TOLERANCES.ids, `${quantity} ids`);
  if (!("scores" in beams) || beams.scores === undefined) return [ids];
  return [ids, within(largestDifference(scores, beams.scores), TOLERANCES.scores, `${quantity} scores`)];
}

/**
 * Reads how a sequence was generated from its name: `greedy`, `beam4_lp0.6_top2`, `greedy_norepeat2_rep1.3`; `_v5` for the
 * beam search of transformers 5.
 */
function generationOptions(quantity: string): GenerateOptions | undefined {
  const [mode, ...settings] = quantity.split("_");
  const numBeams = mode === "greedy" ? 1 : Number(/^beam(\d+)$/.exec(mode ?? "")?.[1] ?? Number.NaN);
  if (Number.isNaN(numBeams)) return undefined;
  const options = { numReturn: 1, lengthPenalty: 1, dialect: "huggingface" as BeamDialect };
  let repeats: LogitsProcessor[] = [];
  for (const setting of settings) {
    const [, name, value] = /^([a-z]+)([\d.]+)$/.exec(setting) ?? [];
    const number = Number(value);
    if (name === "lp") options.lengthPenalty = number;
    else if (name === "top") options.numReturn = number;
    else if (setting === "v5") options.dialect = "huggingface5";
    // Hugging Face applies the penalty before the ban, whichever order they are named in.
    else if (name === "rep") repeats = [repetitionPenalty(number), ...repeats];
    else if (name === "norepeat") repeats = [...repeats, noRepeatNgram(number)];
    else return undefined;
  }
  return { ...options, numBeams, isEarlyStopping: true, maxNewTokens: MAX_NEW_TOKENS, processors: repeats };
}

async function generated(
  model: T5Model,
  inputs: T5Inputs,
  options: GenerateOptions,
): Promise<{ sequences: number[][]; scores: number[] }> {
  const outputs = (await generate(model, inputs, options)).flat();
  return {
    sequences: outputs.map(({ ids }) => [model.config.decoderStartTokenId, ...ids]),
    scores: outputs.map(({ score }) => score ?? Number.NaN),
  };
}

/** Counts the tokens that differ, padding at the end aside. */
function idDifferences(actual: number[][], expected: number[][], config: T5Config): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  let count = 0;
  for (const [row, padded] of expected.entries()) {
    const [ours, theirs] = [withoutFilling(actual[row] as number[], config), withoutFilling(padded, config)];
    for (let i = 0; i < Math.max(theirs.length, ours.length); i++) {
      if (theirs[i] !== ours[i]) count++;
    }
  }
  return count;
}

/** The ids up to the end mark: what fills a row behind it is padding, or with beams in transformers 5, more end marks. */
function withoutFilling(ids: readonly number[], { padTokenId, eosTokenId }: T5Config): readonly number[] {
  let end = ids.length;
  while (end > 1 && (ids[end - 1] === padTokenId || (ids[end - 1] === eosTokenId && ids[end - 2] === eosTokenId)))
    end--;
  return ids.slice(0, end);
}

async function lossOf(model: T5Model, batch: T5Batch, labels: tf.Tensor2D): Promise<number> {
  return read(() => meanCost(model, batch, labels)) as Promise<number>;
}

function meanCost(model: T5Model, batch: T5Batch, labels: tf.Tensor2D): tf.Scalar {
  const counted = tf.sum(tf.cast(tf.notEqual(labels, -100), "float32"));
  return tf.div(tf.sum(targetCosts(model, { ...batch, labels })), counted) as tf.Scalar;
}

function logitsOf(model: T5Model, batch: T5Batch): Promise<unknown> {
  return read(() => decode(model, batch.decoderInputIds, startDecoding(model, encode(model, batch))).logits);
}

function encodedOf(model: T5Model, batch: T5Batch): Promise<unknown> {
  return read(() => encode(model, batch).encoded);
}

async function crossAttentionOf(model: T5Model, batch: T5Batch): Promise<unknown> {
  const maps = attentionMaps(model, batch);
  try {
    return await (maps.cross[0] as tf.Tensor).array();
  } finally {
    tf.dispose(maps as unknown as tf.TensorContainer);
  }
}

/** `l2` and the first values of dLoss / dParameter, by Hugging Face's name and layout. */
type ExpectedGradient = { l2: number; head: number[] };

async function compareGradients(
  model: T5Model,
  batch: T5Batch,
  labels: tf.Tensor2D,
  expected: Record<string, ExpectedGradient>,
): Promise<{ norms: number; heads: number }> {
  const { value, grads } = valueAndGrad((params: T5Params) => meanCost({ ...model, params }, batch, labels))(
    model.params,
  );
  const byPath = new Map(listParameters(model.config).map((parameter) => [parameter.name, parameter]));
  const atPath = (path: string): tf.Tensor =>
    path.split(".").reduce((tree: unknown, name) => (tree as Record<string, unknown>)[name], grads) as tf.Tensor;
  let [norms, heads] = [0, 0];
  try {
    for (const [name, { l2, head }] of Object.entries(expected)) {
      const parameter = byPath.get(name);
      if (parameter === undefined) throw new Error(`verifyT5: grads: expected a parameter of the model, got "${name}"`);
      const grad = atPath(parameter.path);
      const values = (await read(() => tf.reshape(grad, [-1]))) as number[];
      const norm = Math.sqrt(values.reduce((sum, x) => sum + x * x, 0));
      norms = Math.max(norms, Math.abs(norm - l2) / Math.max(l2, 1e-6));
      heads = Math.max(heads, largestDifference(values.slice(0, head.length), head));
    }
  } finally {
    value.dispose();
    for (const grad of leaves(grads)) grad.dispose();
  }
  return { norms, heads };
}

/**
 * The largest difference where both have a number: expected rows may be cut. Where `mask` [batch][length] is 0, the
 * second axis isn't compared.
 */
function largestDifference(actual: unknown, expected: unknown, mask?: number[][]): number {
  if (typeof expected === "number") {
    const difference = Math.abs((actual as number) - expected);
    return Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
  }
  const [ours, theirs] = [actual as unknown[], expected as unknown[]];
  if (!Array.isArray(ours) || ours.length < theirs.length) return Number.POSITIVE_INFINITY;
  return theirs.reduce<number>((largest, item, i) => {
    const rowMask = mask?.[i];
    if (rowMask !== undefined && !Array.isArray(rowMask) && rowMask === 0) return largest;
    const inner = Array.isArray(rowMask) ? (rowMask as unknown as number[][]) : undefined;
    return Math.max(largest, largestDifference(ours[i], item, inner));
  }, 0);
}

async function read(make: () => tf.Tensor): Promise<unknown> {
  const tensor = tidy(make);
  try {
    return await tensor.array();
  } finally {
    tensor.dispose();
  }
}

function toTensors(testCase: VerifyCase, { config }: T5Model): { batch: T5Batch; labels: tf.Tensor2D } {
  const { input_ids, attention_mask, labels = [], decoder_input_ids } = testCase;
  const shifted = labels.map((row) => [
    config.decoderStartTokenId,
    ...row.slice(0, -1).map((id) => (id === -100 ? config.padTokenId : id)),
  ]);
  const matrix = (rows: number[][]): tf.Tensor2D => tf.tensor2d(rows, [rows.length, rows[0]?.length ?? 0], "int32");
  return {
    batch: {
      inputIds: matrix(input_ids),
      ...(attention_mask === undefined ? {} : { inputMask: matrix(attention_mask) }),
      decoderInputIds: matrix(decoder_input_ids ?? shifted),
    },
    labels: matrix(labels),
  };
}

function checkCase(
  place: string,
  { input_ids, labels, decoder_input_ids, expected }: VerifyCase,
  { config }: T5Model,
): void {
  if (!Array.isArray(input_ids) || input_ids.length === 0 || typeof expected !== "object" || expected === null) {
    throw new Error(`verifyT5: ${place}: expected input_ids [batch][length] and an object "expected"`);
  }
  const asks = (...quantities: string[]): boolean => quantities.some((quantity) => quantity in expected);
  if (labels === undefined && asks("loss", "grads")) {
    throw new Error(`verifyT5: ${place}: expected labels [batch][targetLength] for a loss`);
  }
  if (labels === undefined && decoder_input_ids === undefined && asks("logits", "cross_attention_layer0")) {
    throw new Error(`verifyT5: ${place}: expected labels or decoder_input_ids for what the decoder makes`);
  }
  checkIds(`verifyT5: ${place}.input_ids`, input_ids, config.vocabSize);
  const kept = (labels ?? []).map((row) => row.map((id) => (id === -100 ? config.padTokenId : id)));
  checkIds(`verifyT5: ${place}.labels`, kept, config.vocabSize);
  checkIds(`verifyT5: ${place}.decoder_input_ids`, decoder_input_ids ?? [], config.vocabSize);
}
