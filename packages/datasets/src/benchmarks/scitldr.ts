import type { Rng } from "@t5ts/random";
import type { TextExample } from "../text-example.js";
import { summarize } from "./summarize.js";

/** A paper of SciTLDR: the sentences of its abstract, and one or more summaries of one sentence. */
export type SciTldrRecord = { title: string; source: string[]; target: string[] };

/** The record that a line of SciTLDR holds, for `readJsonl`. */
export function parseSciTldr(value: unknown): SciTldrRecord {
  const { title, source, target } = (value ?? {}) as Record<string, unknown>;
  if (typeof title !== "string" || !isTexts(source) || !isTexts(target)) {
    throw new TypeError(
      'expected {"title": text, "source": [text, …], "target": [text, …]}, got ' +
        `${JSON.stringify(value)?.slice(0, 80)}`,
    );
  }
  return { title, source, target };
}

/** The abstract and one of its summaries, a different one each time it's drawn. */
export function summarizePaper(record: SciTldrRecord, rng: Rng): TextExample {
  return summarize(record.source.join(" "), record.target[rng.integer(record.target.length)]!);
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.length > 0 && value.every((item) => typeof item === "string");
}
