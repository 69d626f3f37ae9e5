import { createRng } from "@t5ts/random";
import { describe, expect, it } from "vitest";
import { MIXTURE_START, type MixturePosition, mix } from "../mixtures/mix.js";
import { defineTask, readExamples } from "../mixtures/task.js";
import { type BucketOptions, type BucketPosition, bucketByLength, type DrawnBatch } from "./bucket-by-length.js";

const rng = createRng(1);
const texts = defineTask({
  name: "texts",
  records: Array.from({ length: 203 }, () => "x".repeat(1 + rng.integer(100))),
  preprocess: (text) => text,
});
const OPTIONS: BucketOptions<string> = { batchSize: 8, windowBatches: 5, length: (text) => text.length };
const START = { window: 0, windowNumber: 0, batch: 0 };

const onePass = (position: number) => readExamples(texts, createRng(0), position);
const endless = (position: MixturePosition) => mix([texts], { texts: 1 }, createRng(4), position);

describe("bucketByLength", () => {
  it("has each example once, in full batches but for the last window", () => {
    const batches = [...bucketByLength(onePass, OPTIONS, createRng(2), START)];
    expect(batches.flatMap(({ examples }) => examples).sort()).toEqual(
      [...readExamples(texts, createRng(0))].map(({ example }) => example).sort(),
    );
    expect(batches.slice(0, 25).every(({ examples }) => examples.length === 8)).toBe(true);
    expect(batches.map(({ examples }) => examples.length).sort((a, b) => a - b)[0]).toBe(3);
    expect(batches[0]?.tasks).toEqual(new Array(8).fill("texts"));
  });

  it("pads less than half of what batches in order pad", () => {
    const padding = (batches: string[][]) =>
      batches.reduce((sum, batch) => {
        const longest = Math.max(...batch.map((text) => text.length));
        return sum + batch.reduce((padded, text) => padded + longest - text.length, 0);
      }, 0);
    const inOrder = Array.from({ length: 26 }, (_, i) =>
      [...readExamples(texts, createRng(0))].slice(i * 8, i * 8 + 8).map(({ example }) => example),
    );
    const bucketed = [...bucketByLength(onePass, OPTIONS, createRng(2), START)].map(({ examples }) => examples);
    expect(padding(bucketed)).toBeLessThan(padding(inOrder) / 2);
  });

  it("brings the batches of a window in a random order", () => {
    const lengths = take(bucketByLength(endless, OPTIONS, createRng(2), { ...START, window: MIXTURE_START }), 50).map(
      ({ examples }) => examples[0]!.length,
    );
    const shortestFirst = Array.from(
      { length: 10 },
      (_, window) => Math.min(...lengths.slice(window * 5, window * 5 + 5)) === lengths[window * 5],
    );
    expect(shortestFirst.filter(Boolean).length).toBeLessThan(8);
  });

  it("goes on from any batch's position, stored as JSON, with the same batches", () => {
    const start: BucketPosition<MixturePosition> = { ...START, window: MIXTURE_START };
    const all = take(bucketByLength(endless, OPTIONS, createRng(3), start), 30);
    for (const [i, { position }] of all.slice(0, 20).entries()) {
      const stored = JSON.parse(JSON.stringify(position)) as typeof position;
      expect(take(bucketByLength(endless, OPTIONS, createRng(3), stored), 10)).toEqual(all.slice(i + 1, i + 11));
    }
  });

  it("names bad sizes", () => {
    expect(() => bucketByLength(onePass, { ...OPTIONS, batchSize: 0 }, createRng(0), START).next()).toThrow(
      "bucketByLength: batchSize: expected an integer from 1, got 0",
    );
  });
});

function take<E, P>(batches: Iterable<DrawnBatch<E, P>>, count: number): DrawnBatch<E, P>[] {
  const taken: DrawnBatch<E, P>[] = [];
  for (const batch of batches) if (taken.push(batch) === count) break;
  return taken;
}
