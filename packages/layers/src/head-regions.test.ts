import { describeOnBackends, expectTensor } from "@t5ts/testing";
import * as tf from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { partsBias, windowsBias } from "./head-regions.js";

const mask = (lengths: number[], width: number): tf.Tensor2D =>
  tf.tensor2d(
    lengths.map((length) => Array.from({ length: width }, (_, i) => (i < length ? 1 : 0))),
    [lengths.length, width],
    "int32",
  );

/** The keys that each head sees: [batch][query][head] as lists, for the query `row`. */
function seen(bias: tf.Tensor4D, row = 0): number[][][] {
  const values = bias.arraySync();
  return values.map((heads) =>
    heads.map((queries) => Array.from(queries[row]!.keys()).filter((key) => queries[row]![key] === 0)),
  );
}

describeOnBackends("partsBias", () => {
  it("cuts the keys into parts, one a head", () => {
    const bias = partsBias(mask([6], 6), 3);
    expect(bias.shape).toEqual([1, 3, 1, 6]);
    expect(seen(bias)).toEqual([
      [
        [0, 1],
        [2, 3],
        [4, 5],
      ],
    ]);
  });

  it("lets part i begin at floor(i · length / heads)", () => {
    expect(seen(partsBias(mask([7], 7), 3))).toEqual([
      [
        [0, 1],
        [2, 3],
        [4, 5, 6],
      ],
    ]);
  });

  it("cuts each sequence by its own length, whatever padding follows", () => {
    const together = seen(partsBias(mask([6, 4, 7], 9), 3));
    const alone = [6, 4, 7].map((length) => seen(partsBias(mask([length], length), 3))[0]);
    expect(together.slice(0, 2)).toEqual(alone.slice(0, 2));
    expect(together[2]).toEqual(alone[2]);
  });

  it("leaves no head without a token where the sequence is shorter than the heads are many", () => {
    for (const length of [1, 2, 3]) {
      const heads = seen(partsBias(mask([length], 8), 4))[0]!;
      for (const keys of heads) {
        expect(keys.length).toBe(1);
        expect(keys[0]).toBeLessThan(length);
      }
      expect(new Set(heads.flat()).size).toBe(length);
    }
  });

  it("covers every token once, at any length", () => {
    for (let length = 5; length <= 40; length++) {
      for (const numHeads of [3, 5]) {
        const heads = seen(partsBias(mask([length], 40), numHeads))[0]!;
        expect(heads.flat()).toEqual(Array.from({ length }, (_, i) => i));
        const sizes = heads.map((keys) => keys.length);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }
    }
  });
});

describeOnBackends("windowsBias", () => {
  it("lets a head see keys within its radius", () => {
    const bias = windowsBias([0, 2], { numHeads: 2, queryLength: 5, keyLength: 5 });
    expect(bias.shape).toEqual([1, 2, 5, 5]);
    expect(seen(bias, 0)).toEqual([[[0], [0, 1, 2]]]);
    expect(seen(bias, 3)).toEqual([[[3], [1, 2, 3, 4]]]);
  });

  it("takes one radius for all heads", () => {
    const sizes = { numHeads: 2, queryLength: 4, keyLength: 4 };
    expectTensor(windowsBias(1, sizes), windowsBias([1, 1], sizes), 0);
  });

  it("takes the queries for the last of all positions", () => {
    const whole = windowsBias([1, 3], { numHeads: 2, queryLength: 6, keyLength: 6 });
    const last = windowsBias([1, 3], { numHeads: 2, queryLength: 2, keyLength: 6 });
    expectTensor(last, tf.slice(whole, [0, 0, 4, 0], [1, 2, 2, 6]), 0);
  });

  it("refuses radii that aren't one a head, or aren't integers from 0 on", () => {
    const sizes = { numHeads: 2, queryLength: 4, keyLength: 4 };
    for (const radius of [[1], [1, -1], 0.5]) {
      expect(() => windowsBias(radius, sizes)).toThrow(
        `windowsBias: radius: expected 2 integers from 0 on, got ${JSON.stringify(radius)}`,
      );
    }
  });
});
