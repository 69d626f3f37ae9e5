import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { CPU_BACKEND, selectBackend } from "./select-backend.js";
import { countElements, disposeReplaced, mapTree, namedLeaves, tidy, withLeaves } from "./tree.js";

describe("trees", () => {
  beforeAll(() => selectBackend("cpu", [CPU_BACKEND]));
  const make = () => ({ blocks: [{ weight: tf.ones([2, 3]) }, { weight: tf.zeros([1]) }], head: undefined });

  it("name their tensors by their paths", () => {
    expect(namedLeaves(make()).map(([name]) => name)).toEqual(["blocks.0.weight", "blocks.1.weight"]);
    expect(countElements(make())).toBe(7);
  });

  it("map leaf by leaf over several trees", () => {
    const sum = mapTree((a, b) => tf.add(a, b as tf.Tensor), make(), make());
    expect(Array.from(sum.blocks[0]!.weight.dataSync())).toEqual([2, 2, 2, 2, 2, 2]);
  });

  it("name the leaf that another tree lacks", () => {
    expect(() => mapTree((a) => a, make(), { blocks: [] })).toThrow(
      'mapTree: tree 1 lacks the tensor "blocks.0.weight"',
    );
    expect(() => withLeaves(make(), [])).toThrow("expected 2 tensors, got 0");
  });

  it("are kept whole by tidy", () => {
    const before = tf.memory().numTensors;
    const tree = tidy(() => mapTree((leaf) => tf.add(tf.mul(leaf, 2), 1), make()));
    expect(tf.memory().numTensors).toBe(before + 2);
    tf.dispose(tree);
  });

  it("free what the next one doesn't hold", () => {
    const old = make();
    const next = { ...old, blocks: [old.blocks[0]!, { weight: tf.ones([1]) }] };
    disposeReplaced(old, next);
    expect(old.blocks.map(({ weight }) => weight.isDisposed)).toEqual([false, true]);
  });
});
