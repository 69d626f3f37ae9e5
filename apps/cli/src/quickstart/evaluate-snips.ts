import {
  formatSnipsFrame,
  parseSnipsFrame,
  type SnipsFrame,
  type SnipsRecord,
  snipsExample,
  snipsFrame,
} from "@t5ts/datasets";
import { generate, type T5Model } from "@t5ts/t5-model";
import type { Tokenizer } from "@t5ts/tokenizer-bpe";
import * as tf from "@tensorflow/tfjs-core";

/** How well commands were understood, each from 0 to 1. */
export type SnipsScores = {
  /** The right intent. */
  intentAccuracy: number;
  /** Of slots, label and value both right, over all commands. */
  slotF1: number;
  /** The whole frame, intent and slots. */
  exactMatch: number;
};

/** Inputs that pass the model together; the longest outputs of the task are about this long. */
const BATCH_SIZE = 64;
const MAX_NEW_TOKENS = 64;

/** What a model makes of each command, in text. */
export async function predictSnips(
  model: T5Model,
  tokenizer: Tokenizer,
  records: readonly SnipsRecord[],
  { signal, onProgress }: { signal: AbortSignal; onProgress: (done: number) => void },
): Promise<string[]> {
  // Commands of one length together, so that short ones don't wait for a long one's padding.
  const inputs = records.map((record, index) => ({ index, ids: tokenizer.encode(snipsExample(record).inputs) }));
  inputs.sort((a, b) => a.ids.length - b.ids.length);
  const outputs = new Array<string>(records.length).fill("");
  for (let start = 0; start < inputs.length && !signal.aborted; start += BATCH_SIZE) {
    const batch = inputs.slice(start, start + BATCH_SIZE);
    const length = Math.max(...batch.map(({ ids }) => ids.length));
    const padded = batch.map(({ ids }) => [
      ...ids,
      ...new Array<number>(length - ids.length).fill(tokenizer.special.pad),
    ]);
    const inputIds = tf.tensor2d(padded, [batch.length, length], "int32");
    const generated = await generate(model, { inputIds }, { maxNewTokens: MAX_NEW_TOKENS, signal }).finally(() =>
      inputIds.dispose(),
    );
    for (const [row, [best]] of generated.entries()) {
      const index = batch[row]?.index as number;
      outputs[index] = tokenizer.decode(best?.ids ?? [], { skipSpecialTokens: true }).trim();
    }
    onProgress(start + batch.length);
  }
  return outputs;
}

/** Compares frames in text with what they should be. A text that is no frame has its first word as the intent. */
export function scoreSnips(outputs: readonly string[], records: readonly SnipsRecord[]): SnipsScores {
  const sums = { intents: 0, exact: 0, right: 0, predicted: 0, expected: 0 };
  for (const [i, record] of records.entries()) {
    const expected = snipsFrame(record);
    const output = outputs[i] as string;
    const frame = parseSnipsFrame(output) ?? { intent: /^\w+/.exec(output)?.[0] ?? "", slots: [] };
    if (frame.intent === expected.intent) sums.intents++;
    if (formatSnipsFrame(frame) === formatSnipsFrame(expected)) sums.exact++;
    sums.right += countShared(frame, expected);
    sums.predicted += frame.slots.length;
    sums.expected += expected.slots.length;
  }
  const slots = sums.predicted + sums.expected;
  return {
    intentAccuracy: sums.intents / records.length,
    slotF1: slots === 0 ? 1 : (2 * sums.right) / slots,
    exactMatch: sums.exact / records.length,
  };
}

/** The baseline that doesn't read: always the most frequent intent of the training data. */
export function majorityFrame(training: readonly SnipsRecord[]): string {
  const counts = new Map<string, number>();
  for (const { intent } of training) counts.set(intent, (counts.get(intent) ?? 0) + 1);
  const [[intent] = [""]] = [...counts].sort(([, a], [, b]) => b - a);
  return formatSnipsFrame({ intent, slots: [] });
}

function countShared(frame: SnipsFrame, expected: SnipsFrame): number {
  const left = expected.slots.map(({ label, value }) => `${label}=${value}`);
  return frame.slots.filter(({ label, value }) => {
    const at = left.indexOf(`${label}=${value}`);
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  }).length;
}
