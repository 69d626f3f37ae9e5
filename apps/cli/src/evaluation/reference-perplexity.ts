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
  const pairs: CostedPair[] = examples.flatMap(({ place, inputIds, references }) =>
    references.map((reference) => ({ place, inputIds, labels: encodeReference(textModel, reference) })),
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
type CostedPair = { place: string; inputIds: number[]; labels: number[] };

/**
 * What the labels of a batch cost the model together, in nats: the sum that perplexity is made of.
 *
 * @throws Error naming the input and the token whose cost isn't a number.
 */
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
  const costs = tidy(() =>
    targetCosts(model, { ...inputs, decoderInputIds: shifted.inputIds, labels: targets.inputIds }, { task }),
  );
  try {
    const [values, length] = [await costs.data(), costs.shape[1]];
    let sum = 0;
    for (const [row, { place, labels }] of pairs.entries()) {
      // By their number and not by -100, which leaves labels that equal the padding's id in.
      for (let i = 0; i < labels.length; i++) {
        const cost = values[row * length + i] as number;
        // Infinite: a token that the model rules out. Only what is no number says nothing.
        if (Number.isNaN(cost)) {
          const problem = "expected costs that are numbers, got NaN; the weights hold what isn't finite, or overflow";
          throw new Error(`${place}: perplexity: token ${i + 1} of the reference: ${problem}`);
        }
        sum += cost;
      }
    }
    return sum;
  } finally {
    tf.dispose([costs, inputs, targets, shifted] as unknown as tf.TensorContainer);
  }
}

/** The ids of a reference with the end mark, as the model is trained to write them. */
function encodeReference({ model, tokenizer }: TextModel, text: string): number[] {
  const ids = tokenizer.encode(text);
  return ids.at(-1) === model.config.eosTokenId ? ids : [...ids, model.config.eosTokenId];
}
