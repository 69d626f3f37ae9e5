import { disposeTree, leaves, mapTree, namedLeaves, type TensorTree } from "@t5ts/tensor-core";
import { describeOnBackends, expectTensor } from "@t5ts/testing";
import * as tf from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import { selectLeaves } from "../named-leaves.js";
import type { Optimizer, ParameterRules } from "../optimizer.js";

type Params = { finalNorm: { weight: tf.Tensor }; blocks: { weight: tf.Tensor; bias: tf.Tensor }[] };

const makeParams = (): Params => ({
  finalNorm: { weight: tf.tensor1d([1, -2]) },
  blocks: [{ weight: tf.tensor2d([[0.5, -1, 2]]), bias: tf.tensor1d([0.25]) }],
});
const makeGrads = (): Params => ({
  finalNorm: { weight: tf.tensor1d([0.3, -0.1]) },
  blocks: [{ weight: tf.tensor2d([[-0.2, 0.1, 0.4]]), bias: tf.tensor1d([-1]) }],
});
const values = (tree: TensorTree): number[][] => leaves(tree).map((leaf) => Array.from(leaf.dataSync()));

/** What every optimizer does, whatever its rule. `make` passes the rules on, and `weightDecay`. */
export function describeOptimizer<S extends TensorTree>(
  name: string,
  make: (options: ParameterRules & { weightDecay?: number }) => Optimizer<Params, S>,
): void {
  describeOnBackends(name, () => {
    const update = (options: Parameters<typeof make>[0], rate = 0.1, gradScale = 1, grads = makeGrads()): Params => {
      const optimizer = make(options);
      const params = makeParams();
      return optimizer.update(grads, optimizer.init(params), params, { step: 0, learningRate: rate, gradScale }).params;
    };

    it("comes to the minimum of a parabola", () => {
      const optimizer = make({ weightDecay: 0 });
      let params = makeParams();
      let state = optimizer.init(params);
      const goal = mapTree((leaf) => tf.add(leaf, 0.3), params);
      const steps = 200;
      for (let step = 0; step < steps; step++) {
        const grads = mapTree((param, target) => tf.sub(param, target!), params, goal);
        const learningRate = 0.1 * (1 - step / steps);
        ({ params, state } = optimizer.update(grads, state, params, { step, learningRate }));
      }
      for (const [path, leaf] of namedLeaves(goal)) {
        expectTensor(namedLeaves(params).find(([other]) => other === path)![1], leaf, 0.01);
      }
    });

    it("makes new parameters and a new state, nothing else, and leaves the gradients as they were", () => {
      const optimizer = make({});
      const [params, grads] = [makeParams(), makeGrads()];
      const state = optimizer.init(params);
      // Parameters and state may be overwritten: a kernel may work in place.
      const before = values(grads);
      const numTensors = tf.memory().numTensors;
      const next = optimizer.update(grads, state, params, { step: 0, learningRate: 0.1, gradScale: 0.5 });
      expect(tf.memory().numTensors - numTensors).toBe(leaves(next).length);
      expect(leaves(next.state).map(({ shape }) => shape)).toEqual(leaves(state).map(({ shape }) => shape));
      expect(values(grads)).toEqual(before);
      disposeTree({ params, grads, state, next });
    });

    it("takes gradScale times the gradient", () => {
      const half = mapTree((leaf) => tf.mul(leaf, 0.5), makeGrads());
      const [scaled, expected] = [update({}, 0.1, 0.5), update({}, 0.1, 1, half)];
      for (const [i, leaf] of leaves(scaled).entries()) expectTensor(leaf, leaves(expected)[i]!, 1e-7);
    });

    it("leaves out the parameters that a tree leaves out", () => {
      const optimizer = make({});
      const isKept = (path: string): boolean => path.startsWith("blocks");
      const params = selectLeaves(makeParams(), isKept);
      const next = optimizer.update(selectLeaves(makeGrads(), isKept), optimizer.init(params), params, {
        step: 0,
        learningRate: 0.1,
      });
      expect(values(next.params)).toEqual(values(update({})).slice(1));
    });

    it("gives each parameter its own rate", () => {
      const scale = (path: string): number => (path === "blocks.0.bias" ? 0.5 : 1);
      const [own, half, whole] = [update({ learningRateScale: scale }), update({}, 0.05), update({})].map(values);
      expect(own).toEqual([whole![0], whole![1], half![2]]);
    });

    it("lets matrices decay, and norms and biases not", () => {
      const [plain, decayed] = [update({ weightDecay: 0 }), update({ weightDecay: 0.1 })].map(values);
      const changed = plain!.map((leaf, i) => leaf.some((value, j) => value !== decayed![i]![j]));
      expect(changed).toEqual([false, true, false]);
      const all = values(update({ weightDecay: 0.1, decays: () => true }));
      expect(plain!.map((leaf, i) => leaf.some((value, j) => value !== all[i]![j]))).toEqual([true, true, true]);
    });

    it("names the gradient that's missing", () => {
      const optimizer = make({});
      const params = makeParams();
      const grads = selectLeaves(makeGrads(), (path) => path !== "finalNorm.weight");
      expect(() => optimizer.update(grads, optimizer.init(params), params, { step: 0, learningRate: 1 })).toThrow(
        'the gradients lack "finalNorm.weight"',
      );
    });
  });
}
