import { type IntMatrix, matrixRows } from "@t5ts/datasets";
import {
  initUncertainty,
  type LossParts,
  linearMaskedLanguageModelLoss,
  maskedTargets,
  normalizeCosts,
  type UncertaintyParams,
  uncertaintyLoss,
} from "@t5ts/losses";
import type { Rng } from "@t5ts/random";
import { classify, encode, type T5Config, type T5Model, type T5Params, targetCosts } from "@t5ts/t5-model";
import { crossEntropy } from "@t5ts/tensor-core";
import type { Loss } from "@t5ts/trainer";
import * as tf from "@tensorflow/tfjs-core";
import type { RunBatch, RunGroup } from "./run-batch.js";
import { MASKED_LANGUAGE_MODEL, type OpenedTask } from "./run-tasks.js";

/** What a run learns: the model, and the weights of its losses where they're learned too. */
export type RunParams = { model: T5Params; uncertainty?: UncertaintyParams };

export type RunLossOptions = { zLoss: number; labelSmoothing: number; recomputesBlocks?: boolean };

/** Adds learned weights for the losses of these tasks. */
export function withUncertainty(model: T5Params, opened: readonly OpenedTask[]): RunParams {
  return {
    model,
    uncertainty: initUncertainty([...new Set(opened.map(({ classifier }) => classifier?.name ?? "text"))]),
  };
}

/**
 * The joint loss of a batch: language modelling, next sentence and token classification together, as far as the batch
 * has them. Each is averaged over its labels in the whole step; tasks count by their weights, losses by the learned ones
 * if there are any.
 */
export function runLoss(config: T5Config, options: RunLossOptions): Loss<RunParams, RunBatch> {
  return ({ model, uncertainty }, { groups }, rng, normalizers) => {
    const parts: LossParts = {};
    for (const group of groups) {
      const loss = groupLoss({ config, params: model }, group, {
        ...options,
        rng,
        normalizer: normalizers[group.name] ?? 1,
      });
      const weighted = tf.mul(loss, group.weight) as tf.Scalar;
      const before = parts[group.name];
      parts[group.name] = before === undefined ? weighted : tf.add(before, weighted);
    }
    if (uncertainty !== undefined) return uncertaintyLoss(pick(uncertainty, Object.keys(parts)), parts);
    return { value: tf.addN(Object.values(parts)), parts };
  };
}

/** What each loss is divided by: the labels of its groups. */
export function normalizers({ groups }: RunBatch): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { name, numLabels } of groups) counts[name] = (counts[name] ?? 0) + numLabels;
  return counts;
}

/** The cost of a group's labels together, divided by `normalizer`. */
export function groupLoss(
  model: T5Model,
  group: RunGroup,
  { rng, normalizer, recomputesBlocks, ...costs }: RunLossOptions & { rng?: Rng; normalizer: number },
): tf.Scalar {
  const pass = { rng, task: group.taskLayer, recomputesBlocks };
  const inputs = { inputIds: toTensor(group.inputIds), inputMask: toTensor(group.inputMask) };
  const labels = toTensor(group.labels);
  if (group.kind === "text") {
    const batch = { ...inputs, decoderInputIds: toTensor(group.decoderInputIds), labels };
    return normalizeCosts(tf.reshape(targetCosts(model, batch, { ...pass, ...costs }), [-1]), labels, { normalizer });
  }
  const encoded = encode(model, inputs, pass);
  const weights = model.params.classifiers[group.classifier];
  if (group.classifier === MASKED_LANGUAGE_MODEL && weights !== undefined) {
    const targets = maskedTargets(matrixRows(group.labels));
    return linearMaskedLanguageModelLoss(encoded.encoded, weights.weight, targets, { normalizer });
  }
  const logits = classify(model, group.classifier, encoded);
  const rows = tf.reshape(logits, [-1, logits.shape.at(-1) as number]) as tf.Tensor2D;
  return normalizeCosts(crossEntropy(rows, tf.reshape(labels, [-1]) as tf.Tensor1D), labels, { normalizer });
}

/** The tensor of a matrix. */
export function toTensor({ rows, columns, data }: IntMatrix): tf.Tensor2D {
  return tf.tensor2d(data, [rows, columns], "int32");
}

function pick<T>(record: Record<string, T>, names: readonly string[]): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => names.includes(name)));
}
