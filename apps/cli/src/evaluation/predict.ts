import { createRng } from "@t5ts/random";
import { generateTexts, type TextModel } from "../generation/text-generator.js";
import { isInterrupted } from "../interruption.js";
import type { CommandContext } from "../run-command.js";
import { batchesByLength } from "./batches-by-length.js";
import type { EvaluateOptions } from "./evaluate-options.js";
import type { EncodedExample } from "./examples.js";

/** The model's answers, in the order of the examples. */
export async function predict(
  textModel: TextModel,
  examples: readonly EncodedExample[],
  options: EvaluateOptions,
  { output, seed, signal }: CommandContext,
): Promise<string[]> {
  const predictions = new Array<string>(examples.length).fill("");
  const rng = createRng(seed);
  const startedAt = Date.now();
  let [done, numTokens] = [0, 0];
  for (const batch of batchesByLength(examples, options.batchSize)) {
    if (await isInterrupted(signal)) break;
    const inputs = batch.map((i) => {
      const { place, inputIds } = examples[i] as EncodedExample;
      return { place, ids: inputIds };
    });
    const answers = await generateTexts(
      textModel,
      inputs,
      { ...options, numReturn: 1 },
      { rng: rng.fork(done), signal },
    );
    for (const [row, i] of batch.entries()) {
      predictions[i] = answers[row]?.[0]?.text ?? "";
      numTokens += answers[row]?.[0]?.ids.length ?? 0;
    }
    done += batch.length;
    const speed = (1000 * numTokens) / Math.max(1, Date.now() - startedAt);
    const fields = { "tokens/s": speed.toFixed(1) };
    output.progress({ title: "answering", step: done, totalSteps: examples.length, fields, startedAt });
  }
  return predictions;
}
