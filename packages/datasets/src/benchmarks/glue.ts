import { roundHalfToEven } from "../objectives/round-half-to-even.js";
import type { TextExample } from "../text-example.js";

export type GlueOptions = {
  /** The text of each label. */
  labelNames: readonly string[];
  /** The record's fields in the order of the input; unless given, all but `label` and `idx`, sorted by name. */
  featureNames?: readonly string[];
};

/**
 * A record of GLUE or SuperGLUE as text to text: the benchmark's name, then each field after its name.
 *
 * qqp q1: How so? q2: Why not? → not_duplicate
 *
 * Label -1, of test sets whose labels are hidden, is `<unk>`. MultiRC's HTML marks are taken out.
 *
 * @throws Error if the record lacks a field; RangeError for another label without a name.
 */
export function glue(
  benchmark: string,
  record: Readonly<Record<string, unknown>> & { label: number },
  { labelNames, featureNames }: GlueOptions,
): TextExample {
  const names =
    featureNames ??
    Object.keys(record)
      .filter((name) => name !== "label" && name !== "idx")
      .sort();
  const features = names.map((name) => {
    if (typeof record[name] !== "string") {
      throw new Error(
        `glue: ${benchmark}: expected a text in the field "${name}", got ${JSON.stringify(record[name])}`,
      );
    }
    return `${name}: ${record[name]}`;
  });
  const inputs = [benchmark, ...features].join(" ");
  return {
    inputs: benchmark === "multirc" ? inputs.replaceAll("<br>", " ").replace(/<\/?b>/g, "") : inputs,
    targets: labelName(benchmark, labelNames, record.label),
  };
}

/** STS-B: two sentences and how alike they are, from 0 to 5. */
export function stsb(record: { sentence1: string; sentence2: string; label: number }): TextExample {
  return {
    inputs: `stsb sentence1: ${record.sentence1} sentence2: ${record.sentence2}`,
    targets: stsbLabel(record.label),
  };
}

/** The similarity as text, in steps of 0.2: 1.66 → "1.6". In float32 with halves to even, as in T5. */
export function stsbLabel(label: number): string {
  const fifths = roundHalfToEven(Math.fround(Math.fround(label) * 5));
  return Math.fround(fifths / 5).toFixed(1);
}

/** The name of a label, or `<unk>` for -1. */
export function labelName(what: string, labelNames: readonly string[], label: number): string {
  const name = label === -1 ? "<unk>" : labelNames[label];
  if (name === undefined) {
    throw new RangeError(`${what}: label: expected -1 or an integer below ${labelNames.length}, got ${label}`);
  }
  return name;
}
