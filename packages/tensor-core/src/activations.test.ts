import { createRng } from "@t5ts/random";
import { describeOnBackends, expectGradient, expectTensor } from "@t5ts/testing";
import * as tf from "@tensorflow/tfjs-core";
import { it } from "vitest";
import { gatedGelu, gelu, relu } from "./activations.js";
import { randomNormal } from "./random-tensors.js";

describeOnBackends("activations", () => {
  it("gelu has the values of its tanh form, computed in float64", () => {
    const xs = [-3, -1, -0.1, 0, 0.5, 1, 2, 6];
    const expected = xs.map((x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))));
    expectTensor(gelu(tf.tensor1d(xs)), expected, 1e-6);
  });

  it("have the gradients that finite differences give", () => {
    const [gate, x] = [randomNormal(createRng(1), [3, 5]), randomNormal(createRng(2), [3, 5])];
    expectGradient(([gate, x]: [tf.Tensor, tf.Tensor]) => gatedGelu(gate, x), [gate, x]);
    expectGradient(([x]: [tf.Tensor]) => gelu(x), [x]);
    expectGradient(([x]: [tf.Tensor]) => relu(x), [tf.tensor1d([-1, -0.5, 0.5, 1])]);
  });
});
