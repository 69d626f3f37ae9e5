import { createRng } from "@t5ts/random";
import { describeOnBackends, expectGradient, expectTensor } from "@t5ts/testing";
import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";
import {
  initRelativePositionBias,
  type RelativePositionBiasParams,
  relativePositionBias,
  relativePositionBucket,
} from "./relative-position-bias.js";

const both = (numBuckets: number, maxDistance: number) => ({ isBidirectional: true, numBuckets, maxDistance });
const past = (numBuckets: number, maxDistance: number) => ({ isBidirectional: false, numBuckets, maxDistance });

/** The bucket of a distance by integers alone: the largest j with (max / m)^j ≤ (distance / m)^(count - m). */
function exactBucket(distance: number, count: number, maxDistance: number): number {
  const m = Math.floor(count / 2);
  if (distance < m) return distance;
  const power = (base: number, exponent: number): bigint => BigInt(base) ** BigInt(exponent);
  const steps = count - m;
  let j = 0;
  while (j < steps - 1 && power(maxDistance, j + 1) * power(m, steps - j - 1) <= power(distance, steps)) j++;
  return m + j;
}

describe("relativePositionBucket", () => {
  it("gives near distances a bucket each, and keys after the query the upper half", () => {
    expect([0, -1, -7, 1, 7].map((position) => relativePositionBucket(position, both(32, 128)))).toEqual([
      0, 1, 7, 17, 23,
    ]);
  });

  it("gives the future no buckets in the decoder", () => {
    expect([5, 0, -1, -15].map((position) => relativePositionBucket(position, past(32, 128)))).toEqual([0, 0, 1, 15]);
  });

  it("finds the bucket of a distance on the edge of two", () => {
    const buckets = (numBuckets: number, maxDistance: number, distances: number[]) =>
      distances.map((distance) => relativePositionBucket(-distance, both(numBuckets, maxDistance)));
    // log(16 / 8) / log(16) · 8 = 2: each doubling is two buckets.
    expect(buckets(32, 128, [8, 15, 16, 31, 32, 63, 64, 127, 128, 5000])).toEqual([
      8, 9, 10, 11, 12, 13, 14, 15, 15, 15,
    ]);
    // m = 16, 16 buckets up to 16 m: each doubling is four.
    expect(buckets(64, 256, [16, 31, 32, 63, 64, 127, 128, 255, 256])).toEqual([16, 19, 20, 23, 24, 27, 28, 31, 31]);
    // m = 8, 8 buckets up to 64 m: each doubling is 4/3, each factor of 8 four.
    expect(buckets(32, 512, [8, 16, 32, 63, 64, 511, 512])).toEqual([8, 9, 10, 11, 12, 15, 15]);
  });

  it("agrees with integer arithmetic for every distance", () => {
    for (const numBuckets of [4, 6, 12, 16, 32, 64]) {
      for (const maxDistance of [33, 64, 100, 128, 243, 256, 512, 625]) {
        for (let distance = 0; distance <= maxDistance + 3; distance++) {
          const found = relativePositionBucket(-distance, past(numBuckets, maxDistance));
          const expected = exactBucket(distance, numBuckets, maxDistance);
          if (found !== expected) expect.fail(`${numBuckets}/${maxDistance} at ${distance}: ${expected}, got ${found}`);
        }
      }
    }
  });
});

describeOnBackends("relativePositionBias", () => {
  /** Buckets 0 … 3 of two heads; the second head's biases are ten times the first's. */
  const params = () => ({
    weight: tf.tensor2d([
      [1, 10],
      [2, 20],
      [3, 30],
      [4, 40],
    ]),
  });

  it("gives each head its bias for the bucket of each pair", () => {
    const bias = relativePositionBias(params(), { queryLength: 3, keyLength: 3, ...past(4, 9) });
    expect(bias.shape).toEqual([1, 2, 3, 3]);
    const head = [1, 1, 1, 2, 1, 1, 3, 2, 1];
    expectTensor(bias, [...head, ...head.map((x) => 10 * x)], 0);
    const encoder = relativePositionBias(params(), { queryLength: 2, keyLength: 2, ...both(4, 9) });
    expectTensor(tf.slice(encoder, [0, 0, 0, 0], [1, 1, 2, 2]), [1, 4, 2, 1], 0); // the key after the query: bucket 3
  });

  it("gives the last queries, with a cache, the rows of the whole", () => {
    const whole = relativePositionBias(params(), { queryLength: 6, keyLength: 6, ...past(4, 9) });
    const last = relativePositionBias(params(), { queryLength: 2, keyLength: 6, ...past(4, 9) });
    expectTensor(last, tf.slice(whole, [0, 0, 4, 0], [1, 2, 2, 6]), 0);
  });

  it("has the gradients that finite differences give", () => {
    const random = initRelativePositionBias(createRng(1), { numBuckets: 4, numHeads: 2, dModel: 1 });
    expectGradient(
      (params: RelativePositionBiasParams) =>
        relativePositionBias(params, { queryLength: 3, keyLength: 4, ...both(4, 9) }),
      random,
    );
  });

  it("starts with the deviation dModel^-0.5", () => {
    const { weight } = initRelativePositionBias(createRng(1), { numBuckets: 32, numHeads: 100, dModel: 25 });
    expect(Math.abs(tf.mean(tf.square(weight)).dataSync()[0]! * 25 - 1)).toBeLessThan(0.1); // 3200 normal numbers
  });
});
