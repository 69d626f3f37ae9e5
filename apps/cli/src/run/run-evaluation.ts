import type { Rng } from "@t5ts/random";
import { classify, encode, type T5Config, type T5Params } from "@t5ts/t5-model";
import { tidy } from "@t5ts/tensor-core";
import * as tf from "@tensorflow/tfjs-core";
import type { RunBatch, RunGroup } from "./run-batch.js";
import { evaluationData } from "./run-data.js";
import { groupLoss, toTensor } from "./run-loss.js";
import type { OpenedTask } from "./run-tasks.js";

/**
 * What a model makes of held-out examples: for each task `NAME/loss`, the mean cost of a label, and of classifiers
 * `NAME/accuracy`.
 */
export async function evaluateTasks(
  model: { config: T5Config; params: T5Params },
  opened: readonly OpenedTask[],
  options: { batchSize: number; limit: number },
  rng: Rng,
): Promise<Record<string, number>> {
  const metrics: Record<string, number> = {};
  for (const task of opened) {
    let [cost, right, count] = [0, 0, 0];
    for (const batch of evaluationData(task, options, model.config, rng.fork(task.task.name))) {
      const sums = await evaluateBatch(model, batch);
      [cost, right, count] = [cost + sums.cost, right + sums.right, count + sums.count];
    }
    metrics[`${task.task.name}/loss`] = cost / count;
    if (task.classifier) metrics[`${task.task.name}/accuracy`] = right / count;
  }
  return metrics;
}

async function evaluateBatch(
  model: { config: T5Config; params: T5Params },
  { groups }: RunBatch,
): Promise<{ cost: number; right: number; count: number }> {
  const sums = { cost: 0, right: 0, count: 0 };
  for (const group of groups) {
    const { cost, right } = tidy(() => ({
      cost: groupLoss(model, group, { zLoss: 0, labelSmoothing: 0, normalizer: 1 }),
      right: group.kind === "text" ? tf.scalar(0) : countRight(model, group),
    }));
    const groupCost = (await cost.data())[0] as number;
    // The largest of logits that aren't numbers is the first class, whose accuracy would say nothing.
    if (Number.isNaN(groupCost))
      throw new Error(`evaluation: ${group.name}: expected a loss that is a number, got NaN`);
    sums.cost += groupCost;
    sums.right += (await right.data())[0] as number;
    sums.count += group.numLabels;
    tf.dispose([cost, right]);
  }
  return sums;
}

/** The labels whose class has the largest logit. Ignored ones are no class. */
function countRight(
  model: { config: T5Config; params: T5Params },
  group: Extract<RunGroup, { classifier: string }>,
): tf.Scalar {
  const inputs = { inputIds: toTensor(group.inputIds), inputMask: toTensor(group.inputMask) };
  const logits = classify(model, group.classifier, encode(model, inputs, { task: group.taskLayer }));
  const labels = tf.reshape(toTensor(group.labels), logits.shape.slice(0, -1));
  return tf.sum(tf.cast(tf.equal(tf.cast(tf.argMax(logits, -1), "int32"), labels), "float32"));
}
