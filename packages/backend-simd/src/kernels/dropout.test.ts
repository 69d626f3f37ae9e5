import { createRng, randomUint32 } from "@t5ts/random";
import * as tf from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { describeConfigurations, expectClose, normal, runKernel } from "../testing/conformance.js";

const rng = createRng(8);

describeConfigurations("Dropout", () => {
  it.each([0.1, 0.5, 0.999])("keeps just the elements that the stream says, at a rate of %d", (rate) => {
    const { keys } = createRng(123).fork("layer");
    const threshold = Math.round(rate * 2 ** 32);
    for (const n of [1, 3, 17, 513, 100_003]) {
      const [x, y] = [normal(rng, [n]), normal(rng, [n])];
      const scale = Math.fround(1 / (1 - rate));
      const kept = Float32Array.from(x.values, (_, i) => (randomUint32(keys, i) >= threshold ? scale : 0));
      const dropped = y.values.map((value, i) => value * kept[i]!);
      tf.tidy(() => {
        expectClose(runKernel("Dropout", { x: y }, { rate, keys })[0]!, dropped, 0);
        const sum = x.values.map((value, i) => value + dropped[i]!);
        expectClose(runKernel("DropoutAdd", { x, y }, { rate, keys })[0]!, sum, 0);
      });
    }
  });

  it("drops what isn't a number, too", () => {
    const { keys } = createRng(1);
    const values = new Float32Array(64).fill(Number.NaN);
    const x = { ...normal(rng, [64]), values };
    tf.tidy(() => {
      const y = runKernel("Dropout", { x }, { rate: 0.5, keys })[0]!.dataSync();
      const expected = Array.from(values, (_, i) => (randomUint32(keys, i) >= 2 ** 31 ? Number.NaN : 0));
      expect(Array.from(y)).toEqual(expected);
    });
  });
});
