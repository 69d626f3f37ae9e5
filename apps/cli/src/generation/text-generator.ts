import type { Rng } from "@t5ts/random";
import {
  type GenerateOptions,
  generate,
  type LogitsProcessor,
  minLength,
  noRepeatNgram,
  repetitionPenalty,
  ScoreError,
  type StreamOptions,
  streamTokens,
  type T5Inputs,
  type T5Model,
} from "@t5ts/t5-model";
import type { Tokenizer } from "@t5ts/tokenizer-bpe";
import * as tf from "@tensorflow/tfjs-core";
import { UsageError } from "../usage-error.js";
import { type DecodingOptions, isSampling } from "./decoding-options.js";

/** A text that the model wrote. `ids` go up to and with the end token; a greedy one has no `score`. */
export type GeneratedText = { text: string; ids: number[]; score?: number };

/** A model with its tokenizer. */
export type TextModel = { model: T5Model; tokenizer: Tokenizer };

/** What a text is called in messages, such as `stdin:3`. */
export type InputText = { place: string; text: string };

/**
 * The ids of an input with the end mark.
 *
 * @throws UsageError for one that is too long and may not be cut.
 */
export function encodeInput(
  { model, tokenizer }: TextModel,
  { place, text }: InputText,
  { prefix = "", maxInput, truncate }: DecodingOptions,
  warn: (text: string) => void,
): number[] {
  const { eosTokenId } = model.config;
  const encoded = tokenizer.encode(prefix + text);
  const ids = encoded.at(-1) === eosTokenId ? encoded : [...encoded, eosTokenId];
  if (ids.length <= maxInput) return ids;
  const problem = `${place}: expected at most ${maxInput} tokens (--max-input), got ${ids.length}`;
  if (!truncate) throw new UsageError(`${problem}; --truncate cuts it`);
  warn(`${problem}; the rest is cut`);
  return [...ids.slice(0, maxInput - 1), eosTokenId];
}

/** @throws UsageError if the model has no layer for `task`. */
export function checkTask({ config }: T5Model, task: string | undefined): void {
  if (task === undefined || Object.hasOwn(config.taskLayers, task)) return;
  const known = Object.keys(config.taskLayers).join(", ") || "none; name the task in the text, with --prefix";
  throw new UsageError(`--task: expected one that the model has a layer for (${known}), got "${task}"`);
}

/** What the model is asked: a text in ids, and what it's called in messages. */
export type EncodedInput = { place: string; ids: number[] };

/**
 * The answers to each input, best first, all inputs in one batch.
 *
 * @throws Error naming the input's place if the model can't choose a token.
 */
export async function generateTexts(
  { model, tokenizer }: TextModel,
  inputs: readonly EncodedInput[],
  options: DecodingOptions & { numReturn: number },
  { rng, signal }: { rng: Rng; signal: AbortSignal },
): Promise<GeneratedText[][]> {
  const { numReturn, beams, lengthPenalty, earlyStopping = false } = options;
  const batch = toBatch(
    inputs.map(({ ids }) => ids),
    model,
  );
  const generateOptions: GenerateOptions = {
    ...stepOptions(model, options, { rng, signal }),
    numBeams: beams,
    numReturn,
    lengthPenalty,
    isEarlyStopping: earlyStopping,
    dialect: options.dialect ?? (earlyStopping ? "huggingface" : "t5x"),
  };
  try {
    const outputs = await generate(model, batch, generateOptions);
    return outputs.map((hypotheses) =>
      hypotheses.map(({ ids, score }) => ({
        text: tokenizer.decode(ids, { skipSpecialTokens: true }),
        ids,
        ...(score === undefined ? {} : { score }),
      })),
    );
  } catch (error) {
    throw withPlace(error, inputs);
  } finally {
    tf.dispose(batch);
  }
}

/** Names the input that an error is about by its place: which row of a batch it was is nobody's business. */
function withPlace(error: unknown, inputs: readonly EncodedInput[]): unknown {
  if (!(error instanceof ScoreError)) return error;
  const { input, step, problem } = error;
  return new Error(`${inputs[input]?.place}: token ${step} of the answer: ${problem}`);
}

/** The answer to one input, piece by piece as it's written. */
export async function* streamText(
  { model, tokenizer }: TextModel,
  input: EncodedInput,
  options: DecodingOptions,
  { rng, signal }: { rng: Rng; signal: AbortSignal },
): AsyncGenerator<string> {
  const batch = toBatch([input.ids], model);
  const text = tokenizer.decodeStream({ skipSpecialTokens: true });
  try {
    for await (const [id] of streamTokens(model, batch, stepOptions(model, options, { rng, signal }))) {
      yield text.push(id as number);
    }
    yield text.end();
  } catch (error) {
    throw withPlace(error, [input]);
  } finally {
    tf.dispose(batch);
  }
}

/** Rows of ids as tensors [rows, longest row], padded; the caller's to dispose. */
export function toBatch(rows: readonly number[][], { config }: T5Model): Required<T5Inputs> {
  const length = Math.max(...rows.map((ids) => ids.length));
  const filled = (fill: (ids: number[]) => ArrayLike<number>, padding: number): tf.Tensor2D => {
    const values = new Int32Array(rows.length * length).fill(padding);
    for (const [row, ids] of rows.entries()) values.set(fill(ids), row * length);
    return tf.tensor2d(values, [rows.length, length], "int32");
  };
  return {
    inputIds: filled((ids) => ids, config.padTokenId),
    inputMask: filled((ids) => new Int32Array(ids.length).fill(1), 0),
  };
}

function stepOptions(
  { config }: T5Model,
  options: DecodingOptions,
  { rng, signal }: { rng: Rng; signal: AbortSignal },
): StreamOptions {
  const processors: LogitsProcessor[] = [];
  if (options.repetitionPenalty !== undefined) processors.push(repetitionPenalty(options.repetitionPenalty));
  if (options.noRepeatNgram !== undefined) processors.push(noRepeatNgram(options.noRepeatNgram));
  // minLength counts the start token.
  if (options.minTokens > 0) processors.push(minLength(options.minTokens + 1, config.eosTokenId));
  const { temperature, topK, topP } = options;
  return {
    maxNewTokens: options.maxTokens,
    task: options.task,
    processors,
    ...(isSampling(options) ? { sampling: { temperature, topK, topP, rng } } : {}),
    signal,
  };
}
