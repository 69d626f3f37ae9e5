import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { findMetric, METRICS, metricSignature, perplexity } from "@t5ts/metrics";
import { createRng } from "@t5ts/random";
import { outColors } from "../colors.js";
import type { EvaluateOptions } from "../commands/evaluate.js";
import { formatCount, formatDuration } from "../format-number.js";
import { checkDecodingOptions } from "../generation/decoding-options.js";
import { checkTask, encodeInput, generateTexts, type TextModel } from "../generation/text-generator.js";
import { openModelFolder } from "../model-folder.js";
import type { CommandContext } from "../run-command.js";
import { formatTable } from "../table.js";
import { inputSource } from "../text-input.js";
import { inputItems, readingInput, UsageError } from "../usage-error.js";
import { type Example, readExamples } from "./examples.js";
import { type CostedPair, encodeReference, sumOfCosts } from "./reference-costs.js";

const PERPLEXITY = "perplexity";

/** An example with its input as ids. */
type EncodedExample = Example & { inputIds: number[] };

/** Scores a model on a data set and prints a table. */
export async function evaluateModel(options: EvaluateOptions, context: CommandContext): Promise<void> {
  const { output, signal } = context;
  checkDecodingOptions(options);
  const metrics = checkMetrics(options.metrics);
  const examples = await loadExamples(options, signal);
  await context.startBackend();
  const textModel = await openModelFolder(options.model, output.warn);
  checkTask(textModel.model, options.task);
  const encoded = examples.map((example) => {
    const input = { place: example.place, text: example.input };
    return { ...example, inputIds: encodeInput(textModel, input, options, output.warn) };
  });

  const startedAt = Date.now();
  const scores: Score[] = [];
  if (metrics.length > 0) {
    const predictions = await predict(textModel, encoded, options, context);
    if (options.out !== undefined && !signal.aborted) await writePredictions(options.out, examples, predictions);
    const references = examples.map((example) => example.references);
    for (const metric of signal.aborted ? [] : metrics) {
      const values = await readingInput(() => findMetric(metric)(predictions, references));
      const signature = metricSignature(metric, references);
      for (const [name, value] of Object.entries(values)) {
        scores.push({ metric, name, value, ...(signature === undefined ? {} : { signature }) });
      }
    }
  }
  if (options.metrics.includes(PERPLEXITY) && !signal.aborted) {
    const value = await referencePerplexity(textModel, encoded, options, context);
    scores.push({ metric: PERPLEXITY, name: PERPLEXITY, value });
  }
  output.progress(undefined);
  if (signal.aborted) return;

  for (const score of scores) output.event({ event: "metric", ...score });
  const elapsedMs = Date.now() - startedAt;
  output.event({ event: "done", examples: examples.length, elapsedMs });
  for (const line of formatTable([{ title: "metric" }, { title: "score", align: "right" }], scores.map(formatScore))) {
    output.line(line);
  }
  const settings = new Map(scores.map(({ metric, signature }) => [metric, signature]));
  for (const [metric, signature] of settings) {
    if (signature !== undefined) output.line(outColors.dim(`${metric}: ${signature}`));
  }
  output.line(outColors.dim(`${formatCount(examples.length)} examples in ${formatDuration(elapsedMs)}`));
}

/** One number of a metric; `signature` says the settings it was computed with. */
type Score = { metric: string; name: string; value: number; signature?: string };

function formatScore({ metric, name, value }: Score): string[] {
  return [metric === name ? name : `${metric} ${name}`, value.toFixed(metric === PERPLEXITY ? 3 : 2)];
}

/** The names of those that score answers, which perplexity doesn't. */
function checkMetrics(names: readonly string[]): string[] {
  for (const name of names) {
    if (name === PERPLEXITY || Object.hasOwn(METRICS, name)) continue;
    const known = [...Object.keys(METRICS), PERPLEXITY].join(", ");
    throw new UsageError(`--metrics: expected one of ${known}, got "${name}"`);
  }
  return names.filter((name) => name !== PERPLEXITY);
}

async function loadExamples(
  { data, limit, format, inputField, targetField }: EvaluateOptions,
  signal: AbortSignal,
): Promise<Example[]> {
  const examples: Example[] = [];
  const source = await inputSource(data, signal);
  for await (const example of inputItems(readExamples(source, { format, inputField, targetField }))) {
    examples.push(example);
    if (examples.length === limit) break;
  }
  if (examples.length === 0) throw new UsageError(`${data}: expected at least one example, got none`);
  return examples;
}

/** The model's answers, in the order of the examples. */
async function predict(
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
    if (signal.aborted) break;
    const inputs = batch.map((i) => examples[i]!.inputIds);
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

/** Over all tokens of all references. */
async function referencePerplexity(
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
    if (signal.aborted) break;
    const chosen = batch.map((i) => pairs[i] as CostedPair);
    cost += await sumOfCosts(textModel, chosen, task);
    tokens += chosen.reduce((sum, { labels }) => sum + labels.length, 0);
    done += batch.length;
    const fields = { perplexity: perplexity(cost, tokens).toFixed(3) };
    output.progress({ title: "reading references", step: done, totalSteps: pairs.length, fields, startedAt });
  }
  return tokens === 0 ? Number.NaN : perplexity(cost, tokens);
}

/** Places of the list in batches of similar length, so that little is computed for padding. */
function batchesByLength(items: readonly { inputIds: number[] }[], batchSize: number): number[][] {
  const order = Array.from(items.keys()).sort((a, b) => items[b]!.inputIds.length - items[a]!.inputIds.length || a - b);
  return Array.from({ length: Math.ceil(order.length / batchSize) }, (_, i) =>
    order.slice(i * batchSize, (i + 1) * batchSize),
  );
}

async function writePredictions(
  path: string,
  examples: readonly Example[],
  predictions: readonly string[],
): Promise<void> {
  const lines = examples.map(({ input, references }, i) =>
    JSON.stringify({ input, references, prediction: predictions[i] }),
  );
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `${lines.join("\n")}\n`);
}
