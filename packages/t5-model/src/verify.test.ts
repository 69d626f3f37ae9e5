import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describeOnBackends } from "@t5ts/testing";
import * as tf from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { disposeT5 } from "./checkpoint.js";
import { loadT5Folder } from "./folder.js";
import { type VerifyCase, verifyT5 } from "./verify.js";

const folder = (name: string): string => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));
const cases = (name: string): VerifyCase[] => JSON.parse(readFileSync(`${folder(name)}/cases.json`, "utf8")).cases;

describeOnBackends("a T5 of Hugging Face", () => {
  for (const name of ["v1.0-relu-tied", "v1.1-gated-gelu-untied", "asymmetric-depth"]) {
    it(`gives transformers' numbers and texts: ${name}`, async () => {
      const before = tf.memory().numTensors;
      const model = await loadT5Folder(folder(name));
      expect(model.unused).toEqual([]);
      const checks = await verifyT5(model, cases(name));
      expect(checks.filter(({ verdict }) => verdict !== "passed")).toEqual([]);
      expect(checks.length).toBeGreaterThanOrEqual(3 * 10);
      disposeT5(model);
      expect(tf.memory().numTensors).toBe(before);
    });
  }
});
