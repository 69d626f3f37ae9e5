import type { Rng } from "@t5ts/random";
import {
  disposeReplaced,
  disposeTree,
  mapTree,
  namedLeaves,
  type TensorTree,
  tidy,
  valueAuxAndGrad,
} from "@t5ts/tensor-core";
import * as tf from "@tensorflow/tfjs-core";
import { clipScale, groupNorms, moduleOf, sumsOfSquares } from "./gradient-norm.js";
import { replaceLeaves, selectLeaves } from "./named-leaves.js";
import type { Optimizer } from "./optimizer.js";
import type { Schedule } from "./schedule.js";
import { stateTensors, type TrainState } from "./train-state.js";

/** What a loss gives: the number to bring down, and what it's made of, for the log. */
export type LossValue = { value: tf.Scalar; parts?: Record<string, tf.Scalar> };

/**
 * The loss of a batch.
 *
 * @param rng For dropout: another for each step and each batch of a step, the same again when the step is made again.
 * @param normalizers With `TrainStepOptions.normalizers`, what they sum up to over the step; else empty.
 */
export type Loss<P extends TensorTree, B> = (
  params: P,
  batch: B,
  rng: Rng,
  normalizers: Readonly<Record<string, number>>,
) => LossValue;

export type TrainStepOptions<P extends TensorTree, S extends TensorTree, B> = {
  // Parameters and batches say what the types are; the rest has to fit.
  loss: Loss<NoInfer<P>, NoInfer<B>>;
  optimizer: Optimizer<NoInfer<P>, S>;
  schedule: Schedule;
  /** Of the run. Step n draws from `rng.fork(n)`, its batch i from `rng.fork(n).fork(i)`; `rng` itself isn't drawn from. */
  rng: Rng;
  /** The norm that the gradient of all parameters together has at most. Default unbounded. */
  clipNorm?: number;
  /** Which parameters learn, by dotted path; no gradient is computed for the others. As in `initTrainState`. */
  isTrainable?: (path: string) => boolean;
  /**
   * What the loss divides by, as far as one batch adds to it, such as `{ tokens: 412, pairs: 8 }`.
   *
   * Without it, the loss of a step is the mean of the losses of its batches. With it, the loss is told the sums over the
   * step and divides by them itself; the step's loss is then the sum. So several batches give what one large batch
   * would, whatever its parts are averaged over.
   */
  normalizers?: (batch: NoInfer<B>) => Record<string, number>;
  /** How many tokens a batch has, for the log. */
  countTokens?: (batch: NoInfer<B>) => number;
  /** With `hasAverage`: average' = averageDecay · average + (1 - averageDecay) · params. Default 0.999. */
  averageDecay?: number;
  /** The module of a parameter, whose gradient norm is reported. Default `moduleOf`. */
  groupOf?: (path: string) => string;
};

export type StepMetrics = {
  loss: number;
  parts: Record<string, number>;
  learningRate: number;
  /** Of the whole gradient, before clipping. */
  gradNorm: number;
  /** Of each module's. */
  moduleGradNorms: Record<string, number>;
  tokens: number;
};

/**
 * One update of the parameters from the gradient over `batches` together: more than one accumulate.
 *
 * Takes over `state`: what the new one doesn't hold is freed. If it throws, `state` is as it was.
 *
 * @throws Error naming the step, and the first module whose gradient isn't finite, if the loss or a gradient isn't.
 */
export async function trainStep<P extends TensorTree, S extends TensorTree, B>(
  state: TrainState<P, S>,
  batches: readonly B[],
  options: TrainStepOptions<P, S, B>,
): Promise<{ state: TrainState<P, S>; metrics: StepMetrics }> {
  const { optimizer, schedule, clipNorm, isTrainable = () => true, normalizers, countTokens = () => 0 } = options;
  if (batches.length === 0) throw new RangeError("trainStep: batches: expected at least one, got none");
  const { step } = state;
  const trainable = selectLeaves(state.params, isTrainable);
  const sums = sumGradients(state, trainable, batches, options);
  try {
    const share = normalizers ? 1 : 1 / batches.length;
    const { values, parts, squares } = await readSums(sums, namedLeaves(trainable), share);
    const loss = values.reduce((sum, value) => sum + value, 0) * share;
    checkFinite(step, loss, squares);
    const gradNorm = Math.sqrt(squares.reduce((sum, [, square]) => sum + square, 0));
    const learningRate = schedule(step);
    const gradScale = share * (clipNorm === undefined ? 1 : clipScale(gradNorm, clipNorm));
    const next = tidy(() => {
      const update = { step, learningRate, gradScale };
      const updated = optimizer.update(sums.grads, state.optimizerState, trainable, update);
      const params = replaceLeaves(state.params, updated.params);
      return { params, optimizerState: updated.state, average: averageWith(state.average, params, options) };
    });
    disposeReplaced(stateTensors(state), next);
    const { average, ...rest } = next;
    const metrics = {
      loss,
      parts,
      learningRate,
      gradNorm,
      moduleGradNorms: groupNorms(squares, options.groupOf ?? moduleOf),
      tokens: batches.reduce((sum, batch) => sum + countTokens(batch), 0),
    };
    return { state: { step: step + 1, ...rest, ...(average ? { average } : {}) }, metrics };
  } finally {
    disposeTree(sums);
  }
}

/** What the batches of a step give: their losses one by one, and their gradients added up. */
type Sums<P> = { values: tf.Scalar[]; parts: Record<string, tf.Scalar>[]; grads: P };

function sumGradients<P extends TensorTree, S extends TensorTree, B>(
  { step, params }: TrainState<P, S>,
  trainable: P,
  batches: readonly B[],
  { loss, rng, normalizers }: TrainStepOptions<P, S, B>,
): Sums<P> {
  const stepRng = rng.fork(step);
  const totals = addUp(normalizers ? batches.map(normalizers) : []);
  let sums: Sums<P> | undefined;
  try {
    for (const [i, batch] of batches.entries()) {
      const before = sums;
      const next = tidy(() => {
        const { value, aux, grads } = valueAuxAndGrad((learned: P) => {
          const { value, parts = {} } = loss(replaceLeaves(params, learned), batch, stepRng.fork(i), totals);
          return { value, aux: parts };
        })(trainable);
        return {
          values: [...(before?.values ?? []), value],
          parts: [...(before?.parts ?? []), aux],
          grads: before ? mapTree((sum, grad) => tf.add(sum, grad as tf.Tensor), before.grads, grads) : grads,
        };
      });
      sums = next;
      disposeReplaced(before, next);
    }
  } catch (error) {
    disposeTree(sums);
    throw error;
  }
  return sums!;
}

/** Brings the numbers that decide about the step to the host, all at once: a device is waited for only once. */
async function readSums<P extends TensorTree>(
  { values, parts, grads }: Sums<P>,
  trainable: readonly [path: string, leaf: tf.Tensor][],
  share: number,
): Promise<{ values: number[]; parts: Record<string, number>; squares: [path: string, square: number][] }> {
  const stacked = tf.tidy(() => {
    const scalars = [...values, ...parts.flatMap((part) => Object.values(part)), ...sumsOfSquares(grads)];
    return tf.stack(scalars.map((scalar) => tf.reshape(scalar, [])));
  });
  const numbers = Array.from(await stacked.data());
  stacked.dispose();
  const squares = numbers.splice(numbers.length - trainable.length);
  const losses = numbers.splice(0, values.length);
  const read = parts.map((part) => Object.fromEntries(Object.keys(part).map((name) => [name, numbers.shift()!])));
  return {
    values: losses,
    parts: share === 1 ? addUp(read) : mean(read),
    squares: trainable.map(([path], i) => [path, squares[i]! * share ** 2]),
  };
}

function checkFinite(step: number, loss: number, squares: readonly (readonly [path: string, square: number])[]): void {
  const first = squares.find(([, square]) => !Number.isFinite(square));
  if (Number.isFinite(loss) && first === undefined) return;
  const where = first ? `; the gradient isn't finite from "${moduleOf(first[0])}" on (${first[0]})` : "";
  throw new Error(
    `trainStep: step ${step}: expected a finite loss and gradient, got a loss of ${loss}${where}. ` +
      "A lower learning rate or a clipNorm may help",
  );
}

function averageWith<P extends TensorTree>(
  average: P | undefined,
  params: P,
  {
    averageDecay = 0.999,
    isTrainable = () => true,
  }: { averageDecay?: number; isTrainable?: (path: string) => boolean },
): P | undefined {
  if (average === undefined) return undefined;
  const moved = mapTree(
    (old, now) => tf.tidy(() => tf.add(tf.mul(old, averageDecay), tf.mul(now as tf.Tensor, 1 - averageDecay))),
    selectLeaves(average, isTrainable),
    params,
  );
  return replaceLeaves(average, moved);
}

function addUp(records: readonly Record<string, number>[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const record of records) {
    for (const [name, value] of Object.entries(record)) sums[name] = (sums[name] ?? 0) + value;
  }
  return sums;
}

/** Of each part over the batches that have it. */
function mean(records: readonly Record<string, number>[]): Record<string, number> {
  const counts = addUp(records.map((record) => Object.fromEntries(Object.keys(record).map((name) => [name, 1]))));
  return Object.fromEntries(Object.entries(addUp(records)).map(([name, sum]) => [name, sum / counts[name]!]));
}
