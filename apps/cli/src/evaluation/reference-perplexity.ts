import { perplexity } from "@t5ts/metrics";
import { targetCosts } from "@t5ts/t5-model";
import { tidy } from "@t5ts/tensor-core";
import * as tf from "@tensorflow/tfjs-core";
import { type TextModel, toBatch } from "../generation/text-generator.js";
import { isInterrupted } from "../interruption.js";
import type { CommandContext } from "../run-command.js";
import { batchesByLength } from "./batches-by-length.js";
import type { EvaluateOptions } from "./evaluate-options.js";
import type { EncodedExample } from "./examples.js";

/** How undecided the model is at each token of the references, over all tokens of all of them. */
export async function referencePerplexity(
  textModel: TextModel,
  examples: readonly EncodedExample[],
  { batchSize, task }: EvaluateOptions,
  { output, signal }: CommandContext,
): Promise<number> {
  const pairs: CostedPair[] = examples.flatMap(({ inputIds, references }) =>
    references.map((reference) => ({ inputIds, labels: encodeReference(textModel, reference) })),
  );
  const startedAt = Date.now();
  let [cost, tokens, done] = [0, 0, 0];
  for (const batch of batchesByLength(pairs, batchSize)) {
    if (await isInterrupted(signal)) break;
    const chosen = batch.map((i) => pairs[i] as CostedPair);
    cost += await sumOfCosts(textModel, chosen, task);
    tokens += chosen.reduce((sum, { labels }) => sum + labels.length, 0);
    done += batch.length;
    const fields = { perplexity: perplexity(cost, tokens).toFixed(3) };
    output.progress({ title: "reading references", step: done, totalSteps: pairs.length, fields, startedAt });
  }
  return tokens === 0 ? Number.NaN : perplexity(cost, tokens);
}

/** An input and what should be answered, in ids. */
type CostedPair = { inputIds: number[]; labels: number[] };

/** What the labels of a batch cost the model together, in nats: the sum that perplexity is made of. */
async function sumOfCosts({ model }: TextModel, pairs: readonly CostedPair[], task?: string): Promise<number> {
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
    const sum = (await total.data())[0] as number;
    // Infinite: a reference that the model rules out. Only what is no number says nothing.
    if (Number.isNaN(sum))
      throw new Error("perplexity: expected costs that are numbers, got NaN; the weights aren't finite");
    return sum;
  } finally {
    tf.dispose([total, inputs, targets, shifted]);
  }
}

/** The ids of a reference with the end mark, as the model is trained to write them. */
function encodeReference({ model, tokenizer }: TextModel, text: string): number[] {
  const ids = tokenizer.encode(text);
  return ids.at(-1) === model.config.eosTokenId ? ids : [...ids, model.config.eosTokenId];
}
