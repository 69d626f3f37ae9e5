import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describeOnBackends } from "@t5ts/testing";
import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";
import { disposeT5 } from "./checkpoint/checkpoint.js";
import { loadT5Folder } from "./checkpoint/folder.js";
import type { T5Model } from "./params.js";
import { type VerifyCase, verifyT5 } from "./verify.js";

const folder = (name: string): string => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));
const cases = (name: string): VerifyCase[] => JSON.parse(readFileSync(`${folder(name)}/cases.json`, "utf8")).cases;

describeOnBackends("a T5 of Hugging Face", () => {
  const folders = ["v1.0-relu-tied", "v1.1-gated-gelu-untied", "asymmetric-depth"];
  // transformers 5 writes that the table is tied, beside an output layer of its own.
  const savedBy5 = ["v1.1-saved-by-5", "mt5-saved-by-5", "umt5-saved-by-5"];
  for (const name of [...folders, ...savedBy5]) {
    it(`gives transformers' numbers and texts: ${name}`, async () => {
      const before = tf.memory().numTensors;
      const model = await loadT5Folder(folder(name));
      expect(model.unused).toEqual([]);
      const checks = await verifyT5(model, cases(name));
      expect(checks.filter(({ verdict }) => verdict !== "passed")).toEqual([]);
      expect(checks.length).toBeGreaterThanOrEqual(3 * 8);
      disposeT5(model);
      expect(tf.memory().numTensors).toBe(before);
    });
  }
});

describe("verifyT5", () => {
  const name = "v1.0-relu-tied";

  it("finds what differs", async () => {
    const model = await loadT5Folder(folder(name));
    const before = tf.memory().numTensors;
    const failed = async (changed: T5Model): Promise<string[]> =>
      (await verifyT5(changed, cases(name).slice(0, 1)))
        .filter(({ verdict }) => verdict === "failed")
        .map(({ quantity }) => quantity);
    const unscaled = { ...model, config: { ...model.config, scaleDecoderOutputs: false } };
    expect(await failed(unscaled)).toEqual(expect.arrayContaining(["loss", "logits", "gradient norms"]));
    expect(await failed(unscaled)).not.toContain("encoder_last_hidden_state");
    const exact = { ...model, config: { ...model.config, feedForwardProj: "gelu" as const } };
    expect(await failed(exact)).toEqual(
      expect.arrayContaining(["encoder_last_hidden_state", "cross_attention_layer0", "first gradients"]),
    );
    expect(tf.memory().numTensors).toBe(before);
    disposeT5(model);
  });

  it("finds a sequence that differs in one token or in length", async () => {
    const model = await loadT5Folder(folder(name));
    const { input_ids, attention_mask, expected } = cases(name)[0]!;
    const [first, ...others] = expected.greedy as number[][];
    const differences = async (greedy: number[][]): Promise<number[]> =>
      (await verifyT5(model, [{ input_ids, attention_mask, expected: { greedy } }])).map(
        ({ difference }) => difference,
      );
    expect(await differences([first!, ...others])).toEqual([0]);
    expect(await differences([[first![0]!, first![1]! + 1, ...first!.slice(2)], ...others])).toEqual([1]);
    expect(await differences([[...first!, 7], ...others])).toEqual([1]);
    expect(await differences(others)).toEqual([Number.POSITIVE_INFINITY]);
    disposeT5(model);
  });

  it("says which quantities it doesn't know", async () => {
    const model = await loadT5Folder(folder(name));
    const checks = await verifyT5(model, [{ input_ids: [[5, 1]], expected: { contrastive_k4: [[0]], perplexity: 3 } }]);
    expect(checks.map(({ quantity, verdict }) => [quantity, verdict])).toEqual([
      ["contrastive_k4", "unknown"],
      ["perplexity", "unknown"],
    ]);
    disposeT5(model);
  });

  it("names what a case lacks, or has outside the vocabulary", async () => {
    const model = await loadT5Folder(folder(name));
    const verify = (testCase: unknown): Promise<unknown> => verifyT5(model, [testCase as VerifyCase]);
    await expect(verify({ input_ids: [] })).rejects.toThrow("verifyT5: cases[0]: expected input_ids [batch][length]");
    await expect(verify({ input_ids: [[5, 120]], expected: {} })).rejects.toThrow(
      "verifyT5: cases[0].input_ids: id 120 at [0, 1] is outside the vocabulary of 120",
    );
    await expect(verify({ input_ids: [[5]], decoder_input_ids: [[0]], expected: { loss: 1 } })).rejects.toThrow(
      "verifyT5: cases[0]: expected labels [batch][targetLength] for a loss",
    );
    await expect(verify({ input_ids: [[5]], expected: { logits: [] } })).rejects.toThrow(
      "verifyT5: cases[0]: expected labels or decoder_input_ids",
    );
    disposeT5(model);
  });
});
