import * as tf from "@tensorflow/tfjs-core";

/** The losses that are trained together, by name: `{ lm, nsp, tc }`. */
export type LossParts = Record<string, tf.Scalar>;

/**
 * The sum of `parts`, each times its weight: Σ w_k L_k.
 *
 * @param weights By the names of the parts; those of parts that aren't there are of no effect.
 * @throws RangeError for a part without a weight.
 */
export function jointLoss(
  parts: LossParts,
  weights: Readonly<Record<string, number>>,
): { value: tf.Scalar; parts: LossParts } {
  const weighted = Object.entries(parts).map(([name, part]) => {
    const weight = weights[name];
    if (weight === undefined) {
      throw new RangeError(`jointLoss: weights: expected one for "${name}", got ${JSON.stringify(weights)}`);
    }
    return tf.mul(part, weight);
  });
  return { value: sumOf(weighted), parts };
}

/**
 * The weights of examples by their tasks, [batch][1]: for `weights` of the losses, in batches that mix tasks.
 *
 * @throws RangeError for a task without a weight.
 */
export function taskWeights(tasks: readonly string[], weights: Readonly<Record<string, number>>): number[][] {
  return tasks.map((task) => {
    const weight = weights[task];
    if (weight === undefined) {
      throw new RangeError(`taskWeights: weights: expected one for "${task}", got ${JSON.stringify(weights)}`);
    }
    return [weight];
  });
}

/** Of each loss the logarithm of its variance, log σ². */
export type UncertaintyParams = Record<string, tf.Scalar>;

/** Where all weights are 1. */
export function initUncertainty(names: readonly string[]): UncertaintyParams {
  return Object.fromEntries(names.map((name) => [name, tf.scalar(0)]));
}

/**
 * The sum of `parts` with weights that are learned along with the model: Σ L_k / σ_k² + log σ_k.
 *
 * A loss that stays high gets a high variance and so a low weight; log σ keeps the variances from growing for nothing.
 * The best variance for a loss is 2 L_k. The parameters join the model's, `{ model, uncertainty }`, and should not decay.
 *
 * Kendall et al. 2018, equation 10, in its form for classification, which all our losses are.
 *
 * @returns `parts` with `weight.NAME`, what each was multiplied by.
 */
export function uncertaintyLoss(params: UncertaintyParams, parts: LossParts): { value: tf.Scalar; parts: LossParts } {
  const shown: LossParts = { ...parts };
  const terms = Object.entries(parts).map(([name, part]) => {
    const logVariance = params[name];
    if (logVariance === undefined) {
      throw new RangeError(`uncertaintyLoss: expected parameters for "${name}", got ${Object.keys(params).join(", ")}`);
    }
    const weight = tf.exp(tf.neg(logVariance)) as tf.Scalar;
    shown[`weight.${name}`] = weight;
    return tf.add(tf.mul(part, weight), tf.mul(logVariance, 0.5));
  });
  return { value: sumOf(terms), parts: shown };
}

function sumOf(terms: readonly tf.Tensor[]): tf.Scalar {
  return terms.reduce((sum, term) => tf.add(sum, term), tf.scalar(0)) as tf.Scalar;
}
