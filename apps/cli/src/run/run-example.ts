import { IGNORED_LABEL } from "@t5ts/datasets";

/** What a run learns from: text to text, a class for a whole input, or one for each of its tokens. */
export type RunExample = {
  inputIds: number[];
  /** The layer between encoder and decoder that it passes, if its task has one. */
  taskLayer?: string;
  /** What its loss is multiplied by. */
  weight: number;
} & (
  | { kind: "text"; labels: number[] }
  | { kind: "sequence"; classifier: string; label: number }
  | { kind: "tokens"; classifier: string; labels: number[] }
);

/** The longer side of an example, in tokens. */
export function exampleLength(example: RunExample): number {
  return Math.max(example.inputIds.length, example.kind === "text" ? example.labels.length : 0);
}

/** How many labels of an example the loss counts. */
export function numCountedLabels(example: RunExample): number {
  return example.kind === "sequence" ? 1 : example.labels.filter((id) => id !== IGNORED_LABEL).length;
}
