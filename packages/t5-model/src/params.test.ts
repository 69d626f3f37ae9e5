import { createRng } from "@t5ts/random";
import { CPU_BACKEND, namedLeaves, selectBackend } from "@t5ts/tensor-core";
import { beforeAll, describe, expect, it } from "vitest";
import type { T5Config } from "./config.js";
import { initT5 } from "./params.js";
import { DESCRIBED, T5_1_1_SMALL, T5_SMALL } from "./presets.js";
import { TINY } from "./testing/tiny-variants.js";

const small = { vocabSize: 500, dModel: 40, dKv: 12, dFf: 90, numLayers: 2, numDecoderLayers: 2, numHeads: 3 };
const PUBLISHED: T5Config = { ...T5_SMALL, ...small };
const GATED: T5Config = { ...T5_1_1_SMALL, ...small };
const OURS: T5Config = { ...PUBLISHED, ...DESCRIBED, embeddingMlp: { dEmbedding: 30, dHidden: 70 } };

/**
 * Mesh TensorFlow's standard deviation of the parameter at a path; 0 where it isn't random. Its norms start at 1, and so
 * does the weight of sinusoids.
 */
function deviation(path: string, { dModel, dKv, dFf, numHeads, embeddingMlp }: T5Config): number {
  const name = path.split(".").at(-2);
  if (path.endsWith("mlp.up.weight")) return embeddingMlp!.dEmbedding ** -0.5;
  if (path.endsWith("mlp.down.weight")) return (2 / embeddingMlp!.dHidden) ** 0.5;
  if (path.toLowerCase().includes("embedding")) return 1;
  if (path.includes("positionBias")) return dModel ** -0.5;
  if (path.includes("Norm") || name === "positions") return 0;
  if (name === "query") return (dModel * dKv) ** -0.5;
  if (name === "output") return (numHeads * dKv) ** -0.5;
  if (name === "down") return dFf ** -0.5;
  return dModel ** -0.5; // key, value, up, gate, the output layer
}

describe("initT5", () => {
  beforeAll(() => selectBackend("cpu", [CPU_BACKEND]));

  for (const [name, config] of Object.entries({ PUBLISHED, GATED, OURS })) {
    it(`draws every weight with Mesh TensorFlow's deviation: ${name}`, () => {
      for (const [path, leaf] of namedLeaves(initT5(createRng(1), config))) {
        const values = leaf.dataSync<"float32">();
        const mean = values.reduce((a, b) => a + b, 0) / values.length;
        const expected = deviation(path, config);
        if (expected === 0) {
          expect(new Set(values), path).toEqual(new Set([1]));
          continue;
        }
        const meanSquare = values.reduce((sum, x) => sum + x * x, 0) / values.length;
        // Four of the deviations that a mean and a mean square of n normal numbers have.
        expect(Math.abs(mean) / expected, `${path}: mean`).toBeLessThan(4 / Math.sqrt(values.length));
        expect(Math.abs(meanSquare / expected ** 2 - 1), `${path}: variance`).toBeLessThan(
          4 * Math.sqrt(2 / values.length),
        );
      }
    });
  }

  it("draws no two weights alike", () => {
    for (const config of [GATED, OURS]) {
      const firsts = namedLeaves(initT5(createRng(1), config))
        .map(([, leaf]) => leaf.dataSync()[0] as number)
        .filter((value) => value !== 1);
      // Of their deviations: two weights that were drawn alike may be scaled differently.
      const paths = namedLeaves(initT5(createRng(1), config)).map(([path]) => path);
      const drawn = paths.flatMap((path) => (deviation(path, config) === 0 ? [] : [deviation(path, config)]));
      const normal = firsts.map((value, i) => (value / (drawn[i] as number)).toFixed(4));
      expect(new Set(normal).size).toBe(firsts.length);
    }
  });

  it("gives the same numbers for the same seed, and others for another", () => {
    const values = (seed: number): number[] =>
      namedLeaves(initT5(createRng(seed), TINY)).flatMap(([, leaf]) => Array.from(leaf.dataSync()));
    expect(values(3)).toEqual(values(3));
    expect(values(3)).not.toEqual(values(4));
  });

  it("gives a layer the same numbers whatever stands beside it", () => {
    const first = (config: T5Config): number[] =>
      Array.from(initT5(createRng(3), config).decoder.blocks[0]!.selfAttention.query.weight.dataSync());
    expect(
      first({ ...TINY, numLayers: 5, numDecoderLayers: 1, classifiers: { a: { of: "tokens", numLabels: 2 } } }),
    ).toEqual(first(TINY));
  });

  it("refuses a part's name with a dot, which would be two steps of a path", () => {
    expect(() => initT5(createRng(0), { ...TINY, taskLayers: { "en.de": { kind: "linear" } } })).toThrow(
      'initT5: taskLayers: expected a name without dots, got "en.de"',
    );
  });
});
