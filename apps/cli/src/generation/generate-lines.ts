import type { Line } from "@t5ts/datasets";
import { createRng } from "@t5ts/random";
import { openModelFolder } from "../files/model-folder.js";
import { inputLines } from "../files/text-input.js";
import { isInterrupted } from "../interruption.js";
import type { CommandContext, SharedOptions } from "../run-command.js";
import { createLineWriter } from "../terminal/line-writer.js";
import type { Progress } from "../terminal/progress.js";
import { UsageError } from "../usage-error.js";
import { createAttentionFile } from "./attention-file.js";
import type { DecodingOptions } from "./decoding-options.js";
import { checkDecodingOptions, isSampling } from "./decoding-options.js";
import {
  checkTask,
  type EncodedInput,
  encodeInput,
  type GeneratedText,
  generateTexts,
  streamText,
} from "./text-generator.js";

/** What `t5 generate` is told. */
export type GenerateCommandOptions = SharedOptions &
  DecodingOptions & { model: string; input?: string; numReturn: number; attention?: string };

/** Prints what a model answers to each line. */
export async function generateLines(
  texts: readonly string[],
  options: GenerateCommandOptions,
  context: CommandContext,
): Promise<void> {
  const { output, signal, seed } = context;
  checkOptions(options);
  const { name, lines } = await inputLines(texts, options.input, signal);
  await context.startBackend();
  const textModel = await openModelFolder(options.model, output.warn);
  checkTask(textModel.model, options.task);
  const attention = options.attention === undefined ? undefined : await createAttentionFile(options.attention);

  // Who types waits for an answer before the next line.
  const isTyped = name === "stdin" && process.stdin.isTTY === true;
  const streams = canStream(options) && (isTyped || texts.length === 1);
  const rng = createRng(seed);
  const writer = createLineWriter();
  const startedAt = Date.now();
  const done = { answered: 0, tokens: 0 };
  try {
    for await (const batch of inBatches(lines, isTyped || streams ? 1 : options.batchSize)) {
      if (await isInterrupted(signal)) break;
      const inputs = batch.map(({ number, text }) => {
        const place = `${name}:${number}`;
        return { place, ids: encodeInput(textModel, { place, text }, options, output.warn) };
      });
      const source = { rng: rng.fork(done.answered), signal };
      done.answered += batch.length;
      if (streams) {
        await writeStream(streamText(textModel, inputs[0] as EncodedInput, options, source), signal);
        continue;
      }
      const answers = await generateTexts(textModel, inputs, options, source);
      for (const [i, { number, text }] of batch.entries()) {
        const [outputs, encoded] = [answers[i] as GeneratedText[], inputs[i] as EncodedInput];
        output.event({ event: "text", line: number, input: text, outputs });
        if (!options.json) for (const answer of outputs) await writer.write(formatAnswer(answer, options.numReturn));
        await attention?.append(textModel, { ...encoded, text, answer: outputs[0] as GeneratedText }, options.task);
        done.tokens += outputs.reduce((sum, { ids }) => sum + ids.length, 0);
      }
      // On a terminal the answers themselves say how far it is.
      if (!process.stdout.isTTY) output.progress(progressOf(done, startedAt));
    }
    if (!signal.aborted) await attention?.close();
  } finally {
    await writer.end();
    await attention?.discard();
  }
  if (!signal.aborted) output.event({ event: "done", ...done, elapsedMs: Date.now() - startedAt });
}

async function writeStream(parts: AsyncIterable<string>, signal: AbortSignal): Promise<void> {
  try {
    for await (const part of parts) {
      process.stdout.write(part);
      if (await isInterrupted(signal)) break;
    }
  } finally {
    process.stdout.write("\n");
  }
}

function progressOf({ answered, tokens }: { answered: number; tokens: number }, startedAt: number): Progress {
  const speed = (1000 * tokens) / Math.max(1, Date.now() - startedAt);
  return { title: "answered", step: answered, totalSteps: 0, fields: { "tokens/s": speed.toFixed(1) }, startedAt };
}

function checkOptions(options: GenerateCommandOptions): void {
  checkDecodingOptions(options);
  const { numReturn, beams } = options;
  if (numReturn > beams && !isSampling(options)) {
    throw new UsageError(
      `--num-return: expected at most --beams (${beams}), or a sampling option such as --top-p, got ${numReturn}`,
    );
  }
}

/** Only where a person reads along: a program that reads wants whole lines. */
function canStream({ json, beams, numReturn, attention }: GenerateCommandOptions): boolean {
  return !json && process.stdout.isTTY === true && beams === 1 && numReturn === 1 && attention === undefined;
}

/** One line for each answer, with its score before it where there are several. */
function formatAnswer({ text, score }: GeneratedText, numReturn: number): string {
  const line = text.replaceAll("\n", "\\n");
  return numReturn > 1 && score !== undefined ? `${score.toFixed(4)}\t${line}` : line;
}

async function* inBatches(lines: AsyncIterable<Line>, size: number): AsyncGenerator<Line[]> {
  let batch: Line[] = [];
  for await (const line of lines) {
    batch.push(line);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
