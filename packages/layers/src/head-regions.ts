import * as tf from "@tensorflow/tfjs-core";
import { MASKED } from "./attention-bias.js";

/**
 * The part of the sequence that each head attends to:
 *
 * - `whole`: all of it, as in T5;
 * - `parts`: the keys are cut into as many equal parts as there are heads, head i sees part i;
 * - `windows`: keys at most `radius` positions from the query, one radius for all heads or one each.
 */
export type HeadRegions = { kind: "whole" } | { kind: "parts" } | { kind: "windows"; radius: number | number[] };

/**
 * Cuts each sequence of a batch into equal parts, one a head: 0 inside, MASKED outside.
 *
 * By the sequence's own length, so that padding doesn't move the borders. A sequence shorter than the number of heads
 * gives some tokens to several heads, and no head nothing.
 *
 * @param mask [batch, keyLength], 1 for tokens, 0 for padding behind them.
 * @returns [batch, heads, 1, keyLength]
 */
export function partsBias(mask: tf.Tensor2D, numHeads: number): tf.Tensor4D {
  const [batch, keyLength] = mask.shape;
  const length = tf.reshape(tf.sum(tf.cast(mask, "float32"), 1), [batch, 1, 1, 1]);
  const head = tf.reshape(tf.range(0, numHeads, 1, "float32"), [1, numHeads, 1, 1]);
  // A part starts at floor(head · length / heads). The small number keeps a quotient that should be whole from falling
  // short where division isn't exact, as on GPUs.
  const border = (at: tf.Tensor): tf.Tensor => tf.floor(tf.add(tf.div(tf.mul(at, length), numHeads), 1e-4));
  const start = border(head);
  const end = tf.maximum(border(tf.add(head, 1)), tf.add(start, 1));
  const key = tf.reshape(tf.range(0, keyLength, 1, "float32"), [1, 1, 1, keyLength]);
  const isInside = tf.logicalAnd(tf.greaterEqual(key, start), tf.less(key, end));
  return tf.mul(tf.sub(1, tf.cast(isInside, "float32")), MASKED) as tf.Tensor4D;
}

/**
 * Lets each head see only keys within its radius of the query: 0 there, MASKED elsewhere.
 *
 * @returns [1, heads, queryLength, keyLength], the queries being the last `queryLength` of `keyLength` positions.
 */
export function windowsBias(
  radius: number | number[],
  { numHeads, queryLength, keyLength }: { numHeads: number; queryLength: number; keyLength: number },
): tf.Tensor4D {
  const radii = typeof radius === "number" ? new Array<number>(numHeads).fill(radius) : radius;
  if (radii.length !== numHeads || !radii.every((r) => Number.isInteger(r) && r >= 0)) {
    throw new RangeError(`windowsBias: radius: expected ${numHeads} integers from 0 on, got ${JSON.stringify(radius)}`);
  }
  const values = new Float32Array(numHeads * queryLength * keyLength);
  let at = 0;
  for (const reach of radii) {
    for (let row = 0; row < queryLength; row++) {
      const query = keyLength - queryLength + row;
      for (let key = 0; key < keyLength; key++) values[at++] = Math.abs(key - query) <= reach ? 0 : MASKED;
    }
  }
  return tf.tensor4d(values, [1, numHeads, queryLength, keyLength]);
}
