import { IGNORED_LABEL, type IntMatrix, intMatrix, padBatch } from "@t5ts/datasets";
import type { T5Config } from "@t5ts/t5-model";
import { checkIds } from "@t5ts/tensor-core";
import { numCountedLabels, type RunExample } from "./run-example.js";

/** The examples of a step, in groups that pass the model together. */
export type RunBatch = { groups: RunGroup[] };

/** Examples of one kind, task layer, classifier and weight. Plain arrays: tensors are made where the model runs. */
export type RunGroup = {
  /** Names the loss: "text", or the classifier; groups of one name and weight are averaged over together. */
  name: string;
  weight: number;
  taskLayer?: string;
  inputIds: IntMatrix;
  inputMask: IntMatrix;
  numInputIds: number;
  /** The labels that the loss counts. */
  numLabels: number;
} & (
  | { kind: "text"; labels: IntMatrix; decoderInputIds: IntMatrix }
  /** One column: the class. */
  | { kind: "sequence"; classifier: string; labels: IntMatrix }
  | { kind: "tokens"; classifier: string; labels: IntMatrix }
);

/** Puts examples that pass the model together side by side. */
export function groupExamples(examples: readonly RunExample[], config: T5Config): RunBatch {
  const groups = new Map<string, RunExample[]>();
  for (const example of examples) {
    const key = groupKey(example);
    groups.set(key, [...(groups.get(key) ?? []), example]);
  }
  return { groups: [...groups.values()].map((group) => padGroup(group, config)) };
}

/** Tokens that a batch makes the model read and write, padding aside. */
export function countTokens({ groups }: RunBatch): number {
  return groups.reduce(
    (sum, { numInputIds, numLabels, kind }) => sum + numInputIds + (kind === "text" ? numLabels : 0),
    0,
  );
}

function groupKey(example: RunExample): string {
  const head = example.kind === "text" ? "" : example.classifier;
  return [example.kind, head, example.taskLayer ?? "", example.weight].join("\n");
}

function padGroup(examples: readonly RunExample[], config: T5Config): RunGroup {
  const [first] = examples as [RunExample];
  const shared = {
    weight: first.weight,
    ...(first.taskLayer === undefined ? {} : { taskLayer: first.taskLayer }),
    numLabels: examples.reduce((sum, example) => sum + numCountedLabels(example), 0),
  };
  if (first.kind === "text") {
    const { inputIds, inputMask, labels, decoderInputIds, numInputIds } = padBatch(
      examples as (RunExample & { kind: "text" })[],
      { padId: config.padTokenId, decoderStartId: config.decoderStartTokenId, vocabSize: config.vocabSize },
    );
    return { ...shared, kind: "text", name: "text", inputIds, inputMask, labels, decoderInputIds, numInputIds };
  }
  const { classifier } = first;
  const rows = examples.map(({ inputIds }) => inputIds);
  checkIds(`${classifier}: inputIds`, rows, config.vocabSize);
  const length = Math.max(8, Math.ceil(Math.max(...rows.map((row) => row.length)) / 8) * 8);
  const labels = examples.map((example) =>
    example.kind === "sequence" ? [example.label] : (example as { labels: number[] }).labels,
  );
  return {
    ...shared,
    kind: first.kind,
    name: classifier,
    classifier,
    inputIds: intMatrix(rows, length, config.padTokenId),
    inputMask: intMatrix(
      rows.map((row) => row.map(() => 1)),
      length,
      0,
    ),
    labels: intMatrix(labels, first.kind === "sequence" ? 1 : length, IGNORED_LABEL),
    numInputIds: rows.reduce((sum, row) => sum + row.length, 0),
  };
}
