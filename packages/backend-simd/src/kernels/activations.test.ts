import { createRng } from "@t5ts/random";
import * as tf from "@tensorflow/tfjs-core";
import { it } from "vitest";
import { describeConfigurations, expectClose, normal, runKernel, SPECIAL } from "../testing/conformance.js";

const ROOT = Math.sqrt(2 / Math.PI);

/** gelu in its tanh form, and its derivative, in float64. */
function gelu(x: number): [value: number, derivative: number] {
  const tanh = Math.tanh(ROOT * (x + 0.044715 * x ** 3));
  const slope = ROOT * (1 + 3 * 0.044715 * x ** 2);
  return [0.5 * x * (1 + tanh), 0.5 * (1 + tanh) + 0.5 * x * (1 - tanh ** 2) * slope];
}

const rng = createRng(7);

describeConfigurations("activations", () => {
  it.each([1, 3, 5, 17, 513, 70_001])("gates %i values by gelu and has the gradients", (n) => {
    const [gate, x, dy] = [normal(rng, [n], 3), normal(rng, [n]), normal(rng, [n])];
    tf.tidy(() => {
      const y = Float64Array.from(x.values, (value, i) => value * gelu(gate.values[i]!)[0]);
      expectClose(runKernel("GatedGelu", { gate, x }, {})[0]!, y, 5e-7);
      const [dGate, dx] = runKernel("GatedGeluGrad", { dy, gate, x }, {});
      expectClose(
        dGate!,
        Float64Array.from(dy.values, (d, i) => d * x.values[i]! * gelu(gate.values[i]!)[1]),
        2e-6,
      );
      expectClose(
        dx!,
        Float64Array.from(dy.values, (d, i) => d * gelu(gate.values[i]!)[0]),
        5e-7,
      );
    });
  });

  it("saturates far from 0", () => {
    const gate = { ...SPECIAL, values: Float32Array.of(-100, -20, 20, 100), shape: [4] };
    tf.tidy(() => {
      expectClose(
        runKernel("GatedGelu", { gate, x: { ...gate, values: Float32Array.of(1, 1, 1, 1) } }, {})[0]!,
        [0, 0, 20, 100],
        0,
      );
    });
  });

  it("lets the gradient of relu through where its value is positive", () => {
    const [dy, y] = [normal(rng, [517]), normal(rng, [517])];
    tf.tidy(() => {
      const dx = Float64Array.from(dy.values, (d, i) => (y.values[i]! > 0 ? d : 0));
      expectClose(runKernel("ReluGrad", { dy, y }, {})[0]!, dx, 0);
    });
  });
});
