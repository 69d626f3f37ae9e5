import type { Line } from "@t5ts/datasets";
import { createRng } from "@t5ts/random";
import type { GenerateCommandOptions } from "../commands/generate.js";
import { createLineWriter } from "../line-writer.js";
import { openModelFolder } from "../model-folder.js";
import type { CommandContext } from "../run-command.js";
import { inputLines } from "../text-input.js";
import { UsageError } from "../usage-error.js";
import { createAttentionFile } from "./attention-file.js";
import { checkDecodingOptions, isSampling } from "./decoding-options.js";
import { checkTask, encodeInput, type GeneratedText, generateTexts, streamText } from "./text-generator.js";

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

  const isTyped = name === "stdin" && process.stdin.isTTY === true;
  const streams = canStream(options) && (isTyped || texts.length === 1);
  const rng = createRng(seed);
  const writer = createLineWriter();
  const startedAt = Date.now();
  let [numAnswered, numTokens] = [0, 0];
  try {
    for await (const batch of inBatches(lines, streams || isTyped ? 1 : options.batchSize)) {
      if (signal.aborted) break;
      const inputs = batch.map(({ number, text }) =>
        encodeInput(textModel, { place: `${name}:${number}`, text }, options, output.warn),
      );
      const batchRng = rng.fork(numAnswered);
      if (streams) {
        for await (const part of streamText(textModel, inputs[0] as number[], options, { rng: batchRng, signal })) {
          process.stdout.write(part);
        }
        process.stdout.write("\n");
        continue;
      }
      const answers = await generateTexts(textModel, inputs, options, { rng: batchRng, signal });
      if (signal.aborted) break; // they may be cut anywhere
      for (const [i, { number, text }] of batch.entries()) {
        const found = answers[i] as GeneratedText[];
        output.event({ event: "text", line: number, input: text, outputs: found });
        if (!options.json) for (const answer of found) await writer.write(formatAnswer(answer, options.numReturn));
        await attention?.append(
          textModel,
          { text, ids: inputs[i] as number[], answer: found[0] as GeneratedText },
          options.task,
        );
        numTokens += found.reduce((sum, { ids }) => sum + ids.length, 0);
      }
      numAnswered += batch.length;
      if (!process.stdout.isTTY) {
        const fields = { "tokens/s": ((1000 * numTokens) / Math.max(1, Date.now() - startedAt)).toFixed(1) };
        output.progress({ title: "answered", step: numAnswered, totalSteps: 0, fields, startedAt });
      }
    }
    await attention?.close();
  } finally {
    await writer.end();
    await attention?.discard();
  }
  if (signal.aborted) return;
  const elapsedMs = Date.now() - startedAt;
  output.event({ event: "done", answered: numAnswered, tokens: numTokens, elapsedMs });
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
