import { targetCosts } from "@t5ts/t5-model";
import { tidy } from "@t5ts/tensor-core";
import * as tf from "@tensorflow/tfjs-core";
import { type TextModel, toBatch } from "../generation/text-generator.js";

/** An input and what should be answered, in ids. */
export type CostedPair = { inputIds: number[]; labels: number[] };

/** What the labels of a batch cost the model together, in nats: the sum that perplexity is made of. */
export async function sumOfCosts({ model }: TextModel, pairs: readonly CostedPair[], task?: string): Promise<number> {
  const { decoderStartTokenId } = model.config;
  const inputs = toBatch(
    pairs.map(({ inputIds }) => inputIds),
    model,
  );
  const targets = toBatch(
    pairs.map(({ labels }) => labels),
    model,
  );
  const shifted = toBatch(
    pairs.map(({ labels }) => [decoderStartTokenId, ...labels.slice(0, -1)]),
    model,
  );
  const total = tidy(() => {
    // Counted by the mask and not by -100, which leaves labels that equal the padding's id in.
    const batch = { ...inputs, decoderInputIds: shifted.inputIds, labels: targets.inputIds };
    return tf.sum(tf.mul(targetCosts(model, batch, { task }), targets.inputMask));
  });
  try {
    return (await total.data())[0] as number;
  } finally {
    tf.dispose([total, inputs, targets, shifted]);
  }
}

/** The ids of a reference with the end mark, as the model is trained to write them. */
export function encodeReference({ model, tokenizer }: TextModel, text: string): number[] {
  const ids = tokenizer.encode(text);
  return ids.at(-1) === model.config.eosTokenId ? ids : [...ids, model.config.eosTokenId];
}
