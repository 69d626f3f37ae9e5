import { open, rename, rm } from "node:fs/promises";
import { type AttentionMaps, attentionMaps } from "@t5ts/t5-model";
import * as tf from "@tensorflow/tfjs-core";
import { checkOutputFile, partialPath } from "../files/output-file.js";
import { type EncodedInput, type GeneratedText, type TextModel, toBatch } from "./text-generator.js";

/**
 * Attention weights as JSON: a list with an object for each input, of its pieces, the output's pieces, and for each
 * kind of attention the weights as [layer][head][query][key].
 */
export type AttentionFile = {
  append(model: TextModel, example: AttentionExample, task?: string): Promise<void>;
  close(): Promise<void>;
  /** Takes away what was written, unless the file was closed. */
  discard(): Promise<void>;
};

type AttentionExample = EncodedInput & { text: string; answer: GeneratedText };

/** More digits than anyone can see, and a third of the file. */
const DIGITS = 5;

/** Creates the file, which takes its name when it's closed. */
export async function createAttentionFile(path: string): Promise<AttentionFile> {
  await checkOutputFile(path);
  const partial = partialPath(path);
  const file = await open(partial, "w");
  let isOpen = true;
  let isFirst = true;
  return {
    async append(textModel, example, task) {
      const json = await describeExample(textModel, example, task);
      await file.write(`${isFirst ? "[\n" : ",\n"}${JSON.stringify(json)}`);
      isFirst = false;
    },
    async close() {
      isOpen = false;
      await file.write(isFirst ? "[]\n" : "\n]\n");
      await file.close();
      await rename(partial, path);
    },
    async discard() {
      if (!isOpen) return;
      await file.close();
      await rm(partial, { force: true });
    },
  };
}

/** Teacher-forced with the answer: row i is of the place that wrote piece i of the output. */
async function describeExample(
  { model, tokenizer }: TextModel,
  { place, text, ids, answer }: AttentionExample,
  task: string | undefined,
): Promise<object> {
  const { decoderStartTokenId } = model.config;
  const inputs = toBatch([ids], model);
  const decoderInputIds = tf.tensor2d([[decoderStartTokenId, ...answer.ids.slice(0, -1)]], undefined, "int32");
  let maps: AttentionMaps | undefined;
  try {
    maps = attentionMaps(model, { ...inputs, decoderInputIds }, task);
    const weights: Record<string, unknown> = {};
    for (const [kind, layers] of Object.entries(maps)) {
      const read = (layer: tf.Tensor4D, i: number) => readLayer(layer, `${place}: attention: ${kind}, layer ${i}`);
      if (layers.length > 0) weights[kind] = await Promise.all(layers.map(read));
    }
    const pieces = (list: number[]): string[] => list.map((id) => tokenizer.pieceOf(id) ?? `<${id}>`);
    return {
      input: text,
      output: answer.text,
      inputPieces: pieces(ids),
      outputPieces: pieces(answer.ids),
      attention: weights,
    };
  } finally {
    tf.dispose([inputs, decoderInputIds, maps] as unknown as tf.TensorContainer);
  }
}

async function readLayer(weights: tf.Tensor4D, what: string): Promise<unknown> {
  const odd = (await weights.data()).find((weight) => !Number.isFinite(weight));
  if (odd !== undefined) {
    throw new Error(`${what}: expected weights that are numbers, got ${odd}; the model's aren't finite, or overflow`);
  }
  const [heads] = await weights.array();
  return heads?.map((rows) => rows.map((row) => row.map((weight) => Number(weight.toPrecision(DIGITS)))));
}
