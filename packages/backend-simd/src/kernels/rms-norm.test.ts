import { createRng } from "@t5ts/random";
import * as tf from "@tensorflow/tfjs-core";
import { it } from "vitest";
import { describeConfigurations, expectClose, type Input, normal, runKernel } from "../testing/conformance.js";

const EPSILON = 1e-6;

/** Values and gradients in float64. */
function reference({
  x,
  weight,
  dy,
}: {
  x: Input;
  weight: Input;
  dy: Input;
}): Record<"y" | "dx" | "dWeight", Float64Array> {
  const d = weight.values.length;
  const rows = x.values.length / d;
  const y = new Float64Array(rows * d);
  const dx = new Float64Array(rows * d);
  const dWeight = new Float64Array(d);
  for (let row = 0; row < rows; row++) {
    const at = (values: ArrayLike<number>, i: number) => values[row * d + i] as number;
    let [squares, along] = [0, 0];
    for (let i = 0; i < d; i++) squares += at(x.values, i) ** 2;
    const inverse = 1 / Math.sqrt(squares / d + EPSILON);
    for (let i = 0; i < d; i++) along += at(dy.values, i) * weight.values[i]! * at(x.values, i) * inverse;
    for (let i = 0; i < d; i++) {
      const normed = at(x.values, i) * inverse;
      y[row * d + i] = normed * weight.values[i]!;
      dx[row * d + i] = inverse * (at(dy.values, i) * weight.values[i]! - (normed * along) / d);
      dWeight[i]! += at(dy.values, i) * normed;
    }
  }
  return { y, dx, dWeight };
}

const rng = createRng(6);

describeConfigurations("RmsNorm", () => {
  it.each([
    [1, 1],
    [3, 5],
    [17, 3],
    [5, 17],
    [130, 513],
    [1, 513],
    [0, 4],
  ])("normalises [%i, %i] and has its gradients", (rows, d) => {
    const [x, weight, dy] = [normal(rng, [rows, d], 3), normal(rng, [d]), normal(rng, [rows, d])];
    const expected = reference({ x, weight, dy });
    tf.tidy(() => {
      expectClose(runKernel("RmsNorm", { x, weight }, { epsilon: EPSILON })[0]!, expected.y, 1e-6);
      const [dx, dWeight] = runKernel("RmsNormGrad", { dy, x, weight }, { epsilon: EPSILON });
      expectClose(dx!, expected.dx, 3e-6);
      expectClose(dWeight!, expected.dWeight, 3e-6);
    });
  });

  it("normalises zeros to zeros", () => {
    tf.tidy(() => {
      const x = { ...normal(rng, [2, 7]), values: new Float32Array(14) };
      expectClose(
        runKernel("RmsNorm", { x, weight: normal(rng, [7]) }, { epsilon: EPSILON })[0]!,
        new Array(14).fill(0),
        0,
      );
    });
  });
});
