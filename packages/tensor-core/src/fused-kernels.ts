import * as tf from "@tensorflow/tfjs-core";

/**
 * The kernels that a backend may register, under tfjs's own `registerKernel`, to run an operation of this package as
 * one piece. Where it has none, a composition of plain tfjs operations runs: same values, more memory traffic.
 *
 * Every tensor is float32 unless said; `keys` are the two words of an `Rng` stream, and element i of a dropout is
 * kept when `randomUint32(keys, i) >= round(rate · 2^32)`, then scaled by 1 / (1 - rate).
 *
 * | kernel                     | inputs                                            | attributes                               | outputs |
 * | -------------------------- | ------------------------------------------------- | ---------------------------------------- | ------- |
 * | `Linear`                   | x [..., dIn], weight [dIn, dOut], or [dOut, dIn]  | isTransposed (the latter)                | y [..., dOut] |
 * | `RmsNorm`                  | x [..., d], weight [d]                            | epsilon                                  | y [..., d] |
 * | `RmsNormGrad`              | dy [..., d], x [..., d], weight [d]               | epsilon                                  | dx [..., d], dWeight [d] |
 * | `Dropout`                  | x                                                 | rate, keys                               | y |
 * | `DropoutAdd`               | x, y of one shape                                 | rate, keys                               | x + dropout(y) |
 * | `ReluGrad`                 | dy, y (what relu gave)                            |                                          | dx |
 * | `GatedGelu`                | gate, x of one shape                              |                                          | gelu(gate) · x, tanh form |
 * | `GatedGeluGrad`            | dy, gate, x                                       |                                          | dGate, dx |
 * | `Attention`                | query [b, h, q, d], key and value [b, h, k, d], bias broadcasting to [b, h, q, k] | rate, keys | y [b, h, q, d], logSumExp [b, h, q] |
 * | `AttentionGrad`            | dy, query, key, value, bias, y, logSumExp         | rate, keys, needsBiasGrad                | dQuery, dKey, dValue, and dBias in the bias's shape when asked for |
 * | `Encoder`                  | a list, see below                                 | numLayers, numHeads, epsilon, isGated    | encoded [b, n, d] |
 * | `DecoderStep`              | a list, see below                                 | numLayers, numHeads, epsilon, isGated, hasPast | logits [b, v], key and value [b, h, k + 1, e] of each layer |
 * | `QuantizeRows`             | weight [v, d]                                     |                                          | codes [v, 4 ⌈d / 16⌉] int32, scales [v], errors [v]: for `GreedySteps`, opaque to others |
 * | `GreedySteps`              | a list, see below                                 | as of `DecoderStep`; steps, endToken, hasEnded, milliseconds | tokens [s, b] int32, key and value [b, h, k + s, e] of each layer |
 * | `TopLogits`                | logits [n, v]                                     | count                                    | values [n, count], best first and of equals the first; tokens [n, count] int32, their places; logZ [n]. Where there are fewer above -∞: -∞, -1 |
 * | `CrossEntropy`             | logits [n, v], labels [n] int32                   | labelSmoothing, zLoss, ignoreId          | loss [n], logZ [n] |
 * | `CrossEntropyGrad`         | dy [n], logits, labels, logZ                      | labelSmoothing, zLoss, ignoreId          | dLogits [n, v] |
 * | `LinearCrossEntropy`       | x [n, d], weight [v, d], labels                   | as above                                 | loss [n], logZ [n] |
 * | `LinearCrossEntropyGrad`   | dy [n], x, weight, labels, logZ                   | as above                                 | dx [n, d], dWeight |
 * | `SumOfSquares`             | x                                                 |                                          | scalar, summed in more than float32 |
 * | `AdamWUpdate`              | param, grad, mean, variance                       | learningRate, beta1, beta2, epsilon, weightDecay, meanCorrection, varianceCorrection, gradScale, isRmsScaled | param, mean, variance: may be the inputs' memory |
 *
 * In `Attention` there's no division by √d; dropout position i counts the weights [b, h, q, k] row by row. A loss is
 * 0 where the label is `ignoreId`; labelSmoothing and zLoss are as `crossEntropy` says.
 *
 * `Encoder` is the blocks of a T5's encoder and the norm behind them. Its inputs are a list: x [b, n, d] and finalNorm [d],
 * then for each layer, with weights as of `linear`, selfAttentionNorm, query, key, value, output, bias that broadcasts to
 * [b, h, n, n], feedForwardNorm, up, down; gate if `isGated`. A layer takes x on:
 *
 *     h   = RmsNorm(x, selfAttentionNorm)
 *     x1  = x + linear(Attention(linear(h, query), linear(h, key), linear(h, value), bias), output)
 *     h   = RmsNorm(x1, feedForwardNorm)
 *     x   = x1 + linear(relu(linear(h, up)), down), or if gated: linear(GatedGelu(linear(h, gate), linear(h, up)), down)
 *
 * and in the end encoded = RmsNorm(x, finalNorm). Like `DecoderStep` it has no gradient: neither is to be run while
 * `isRecordingGradients`.
 *
 * `DecoderStep` is one position of a T5's decoder with its output layer, for at most 16 rows b. Its inputs are a list: x
 * [b, 1, d], crossBias, finalNorm [d] and head [v, d], then for each layer, with inner = h · e and weights as of `linear`,
 * selfAttentionNorm, query, key, value, output, selfBias, crossAttentionNorm, crossQuery, crossOutput, crossKey, crossValue,
 * feedForwardNorm, up, down; gate if `isGated`; pastKey and pastValue [b, h, k, e] if `hasPast`. selfBias may be longer than
 * the k + 1 keys, so that one made for a later position serves them all: its end is taken. A layer takes x on:
 *
 *     h   = RmsNorm(x, selfAttentionNorm)
 *     key, value = pastKey, pastValue followed by linear(h, key), linear(h, value)
 *     x1  = x + linear(Attention(linear(h, query), key, value, selfBias), output)
 *     x2  = x1 + linear(Attention(linear(RmsNorm(x1, crossAttentionNorm), crossQuery), crossKey, crossValue, crossBias), crossOutput)
 *     h   = RmsNorm(x2, feedForwardNorm)
 *     x   = x2 + linear(relu(linear(h, up)), down), or if gated: linear(GatedGelu(linear(h, gate), linear(h, up)), down)
 *
 * and in the end logits = linear(RmsNorm(x, finalNorm), head).
 *
 * `GreedySteps` goes on by argMax(logits): s positions, one at least, until there are `steps`, or every row that `hasEnded`
 * (a boolean for each) doesn't say has come to `endToken`, or `milliseconds` are over. Its first input is ids [b, 1] int32
 * instead of x. Behind the inputs of `DecoderStep` it has codes, scales and errors, as `QuantizeRows` makes them of its head,
 * as logits that they show not to be the largest needn't be computed, and embedding [v, d], whose rows the tokens stand for.
 * selfBias must be long enough for the last of the steps.
 * Where the largest logit of a row that is waited for isn't a finite number, its token is -1 and no further step is made.
 *
 * `AdamWUpdate`, with g = gradScale · grad:
 *
 *     mean'     = beta1 · mean + (1 - beta1) · g
 *     variance' = beta2 · variance + (1 - beta2) · g²
 *     param'    = param - learningRate · (weightDecay · param
 *                   + s · (mean' / meanCorrection) / (√(variance' / varianceCorrection) + epsilon))
 *
 * where s is max(1e-3, root mean square of param) if `isRmsScaled`, else 1. A kernel that works in place must see that
 * nobody else holds the memory (a reference count of 1): a clone shares it.
 */
export type FusedKernel =
  | "Linear"
  | "RmsNorm"
  | "RmsNormGrad"
  | "Dropout"
  | "DropoutAdd"
  | "ReluGrad"
  | "GatedGelu"
  | "GatedGeluGrad"
  | "Attention"
  | "AttentionGrad"
  | "Encoder"
  | "DecoderStep"
  | "QuantizeRows"
  | "GreedySteps"
  | "TopLogits"
  | "CrossEntropy"
  | "CrossEntropyGrad"
  | "LinearCrossEntropy"
  | "LinearCrossEntropyGrad"
  | "SumOfSquares"
  | "AdamWUpdate";

/** Whether the current backend runs `kernel` as one piece. */
export function hasFusedKernel(kernel: FusedKernel): boolean {
  return tf.getKernel(kernel, tf.getBackend()) !== undefined;
}

/** Whether operations are recorded for a gradient; those without one can't be used meanwhile. */
export function isRecordingGradients(): boolean {
  return tf.engine().state.gradientDepth > 0;
}

/** Runs a kernel that the backend has. Outputs as in the table of `FusedKernel`; the caller's to dispose. */
export function runFusedKernel(
  kernel: FusedKernel,
  inputs: Record<string, tf.Tensor> | tf.Tensor[],
  attributes: Record<string, unknown> = {},
): tf.Tensor[] {
  // tfjs passes lists on as they are: those of its own kernels are.
  const outputs = tf
    .engine()
    .runKernel<tf.Tensor | tf.Tensor[]>(
      kernel,
      inputs as Record<string, tf.Tensor>,
      attributes as unknown as tf.NamedAttrMap,
    );
  return Array.isArray(outputs) ? outputs : [outputs];
}
