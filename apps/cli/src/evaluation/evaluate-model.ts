import { findMetric, METRICS, metricSignature } from "@t5ts/metrics";
import { openModelFolder } from "../files/model-folder.js";
import { checkOutputFile, writeWholeFile } from "../files/output-file.js";
import { inputSource } from "../files/text-input.js";
import { checkDecodingOptions } from "../generation/decoding-options.js";
import { checkTask, encodeInput } from "../generation/text-generator.js";
import type { CommandContext } from "../run-command.js";
import { outColors } from "../terminal/colors.js";
import { formatCount, formatDuration } from "../terminal/format-number.js";
import { formatTable } from "../terminal/table.js";
import { inputItems, readingInput, UsageError } from "../usage-error.js";
import type { EvaluateOptions } from "./evaluate-options.js";
import { type Example, readExamples } from "./examples.js";
import { predict } from "./predict.js";
import { referencePerplexity } from "./reference-perplexity.js";

const PERPLEXITY = "perplexity";

/** Scores a model on a data set and prints a table. */
export async function evaluateModel(options: EvaluateOptions, context: CommandContext): Promise<void> {
  const { output, signal } = context;
  checkDecodingOptions(options);
  const metrics = checkMetrics(options.metrics);
  if (options.out !== undefined) await checkOutputFile(options.out);
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
    const references = examples.map((example) => example.references);
    if (options.out !== undefined && !signal.aborted) {
      const lines = examples.map(({ input, references }, i) => ({ input, references, prediction: predictions[i] }));
      await writeWholeFile(options.out, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
    }
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
