import { createRng } from "@t5ts/random";
import * as tf from "@tensorflow/tfjs-core";
import { expect, it } from "vitest";
import {
  describeConfigurations,
  expectGradientLikeCpu,
  expectLikeCpu,
  integers,
  normal,
} from "../testing/conformance.js";

const rng = createRng(2);

const PERMUTATIONS: [number[], number[]][] = [
  [[1], [0]],
  [
    [3, 5],
    [1, 0],
  ],
  [
    [513, 17],
    [1, 0],
  ],
  [
    [64, 128],
    [1, 0],
  ],
  [
    [2, 3, 5],
    [2, 0, 1],
  ],
  [
    [2, 3, 5],
    [1, 0, 2],
  ],
  [
    [2, 17, 3, 16],
    [0, 2, 1, 3],
  ],
  [
    [2, 17, 3, 16],
    [0, 2, 3, 1],
  ],
  [
    [2, 3, 4, 5],
    [3, 2, 1, 0],
  ],
  [
    [2, 3, 4, 5],
    [3, 1, 0, 2],
  ],
  [
    [5, 1, 3, 1],
    [3, 2, 1, 0],
  ],
  [
    [2, 3, 2, 3, 2, 3],
    [5, 3, 1, 0, 2, 4],
  ],
  [
    [3, 0, 2],
    [2, 1, 0],
  ],
];

describeConfigurations("shaping", () => {
  it.each(PERMUTATIONS)("transposes %j by %j", async (shape, perm) => {
    await expectLikeCpu(({ x }) => tf.transpose(x!, perm), { x: normal(rng, shape) }, 0);
    await expectLikeCpu(({ x }) => tf.transpose(x!, perm), { x: integers(rng, shape, -9, 9) }, 0);
    await expectLikeCpu(({ x }) => tf.transpose(tf.greater(x!, 0), perm), { x: normal(rng, shape) }, 0);
  });

  it("slices, also at places that aren't aligned and to nothing", async () => {
    const x = normal(rng, [5, 17, 9]);
    for (const [begin, size] of [
      [
        [1, 3, 2],
        [3, 5, 4],
      ],
      [
        [0, 16, 8],
        [5, 1, 1],
      ],
      [
        [4, 0, 0],
        [1, 17, 9],
      ],
      [
        [2, 5, 1],
        [0, 5, 3],
      ],
      [
        [1, 2, 3],
        [-1, -1, -1],
      ],
    ] as [number[], number[]][]) {
      await expectLikeCpu(({ x }) => tf.slice(x!, begin, size), { x }, 0);
      await expectLikeCpu(({ x }) => tf.slice(tf.greater(x!, 0), begin, size), { x }, 0);
    }
    await expectLikeCpu(({ x }) => [tf.stridedSlice(x!, [4, 1, 8], [0, 15, 0], [-2, 3, -1])], { x }, 0);
    await expectLikeCpu(({ x }) => [tf.reverse(x!, [0, -1]), tf.reverse(x!, 1), tf.reverse(x!)], { x }, 0);
  });

  it("splits and unstacks along any axis", async () => {
    for (const axis of [0, 1, 2, -1]) {
      await expectLikeCpu(({ x }) => tf.split(x!, [1, 3, 0, 2], axis), { x: normal(rng, [6, 6, 6]) }, 0);
      await expectLikeCpu(({ x }) => tf.unstack(x!, axis), { x: normal(rng, [3, 5, 2]) }, 0);
    }
    await expectLikeCpu(({ x }) => tf.split(x!, 3, 1), { x: integers(rng, [2, 9], 0, 5) }, 0);
  });

  it("concatenates and stacks along any axis", async () => {
    for (const axis of [0, 1, 2, -1]) {
      const inputs = { a: normal(rng, [3, 5, 7]), b: normal(rng, [3, 5, 7]), c: normal(rng, [3, 5, 7]) };
      await expectLikeCpu(({ a, b, c }) => tf.concat([a!, b!, c!], axis), inputs, 0);
      await expectLikeCpu(({ a, b, c }) => tf.stack([a!, b!, c!], axis), inputs, 0);
      await expectLikeCpu(({ a, b }) => tf.concat([tf.cast(a!, "bool"), tf.less(b!, 0)], axis), inputs, 0);
    }
    const uneven = { a: normal(rng, [3, 0]), b: normal(rng, [3, 5]), c: normal(rng, [3, 1]) };
    await expectLikeCpu(({ a, b, c }) => tf.concat([a!, b!, c!], 1), uneven, 0);
  });

  it("pads, tiles and broadcasts", async () => {
    const x = normal(rng, [3, 5]);
    await expectLikeCpu(
      ({ x }) =>
        tf.pad(
          x!,
          [
            [1, 2],
            [0, 3],
          ],
          -1.5,
        ),
      { x },
      0,
    );
    await expectLikeCpu(
      ({ x }) =>
        tf.pad(x!, [
          [0, 0],
          [17, 0],
        ]),
      { x: integers(rng, [3, 5], 0, 9) },
      0,
    );
    await expectLikeCpu(({ x }) => [tf.tile(x!, [2, 3]), tf.tile(x!, [1, 4]), tf.tile(x!, [0, 1])], { x }, 0);
    await expectLikeCpu(({ x }) => tf.tile(tf.greater(x!, 0), [3, 2]), { x }, 0);
    await expectLikeCpu(({ x }) => tf.broadcastTo(tf.reshape(x!, [3, 1, 5]), [2, 3, 4, 5]), { x }, 0);
    await expectLikeCpu(({ x }) => tf.broadcastTo(tf.reshape(x!, [15, 1]), [15, 17]), { x }, 0);
  });

  it("gathers along any axis, also in batches", async () => {
    const x = normal(rng, [5, 7, 3]);
    for (const axis of [0, 1, 2, -1]) {
      const bound = [5, 7, 3].at(axis) as number;
      await expectLikeCpu(({ x, i }) => tf.gather(x!, i!, axis), { x, i: integers(rng, [17], 0, bound) }, 0);
      await expectLikeCpu(({ x, i }) => tf.gather(x!, i!, axis), { x, i: integers(rng, [2, 0], 0, bound) }, 0);
      await expectLikeCpu(
        ({ x, i }) => tf.gather(tf.less(x!, 0), i!, axis),
        { x, i: integers(rng, [2, 3], 0, bound) },
        0,
      );
    }
    const batches = { x: normal(rng, [2, 3, 5, 7]), i: integers(rng, [2, 4], 0, 5) };
    await expectLikeCpu(({ x, i }) => tf.gather(x!, i!, 2, 1), batches, 0);
    await expectLikeCpu(({ x, i }) => tf.gather(x!, i!, 1, 1), { ...batches, i: integers(rng, [2, 4], 0, 3) }, 0);
  });

  it("refuses an index that isn't there", async () => {
    await tf.setBackend("simd");
    expect(() => tf.gather(tf.ones([3, 2]), tf.tensor1d([0, 2, 3], "int32"))).toThrow(
      "gather: indices: expected integers from 0 to 2, got 3 at 2",
    );
    expect(() => tf.gather(tf.ones([3, 2]), tf.tensor1d([-1], "int32"))).toThrow("got -1 at 0");
  });

  it("adds up segments, leaving out what belongs to none", async () => {
    for (const [rows, width] of [
      [1, 1],
      [17, 3],
      [513, 17],
      [100, 520],
      [0, 3],
    ] as [number, number][]) {
      const inputs = { x: normal(rng, [rows, width]), ids: integers(rng, [rows], -1, 8) };
      await expectLikeCpu(({ x, ids }) => tf.unsortedSegmentSum(x!, ids as tf.Tensor1D, 6), inputs);
    }
  });

  it("makes one-hot rows", async () => {
    const ids = integers(rng, [3, 5], -1, 8);
    await expectLikeCpu(({ ids }) => [tf.oneHot(ids!, 7), tf.oneHot(ids!, 7, 2.5, -1, "float32")], { ids }, 0);
  });

  it("has the gradients of the CPU backend", async () => {
    const inputs = { x: normal(rng, [3, 4, 5]), y: normal(rng, [3, 2, 5]) };
    await expectGradientLikeCpu(({ x, y }) => tf.concat([tf.transpose(x!, [0, 1, 2]), y!], 1), inputs);
    await expectGradientLikeCpu(
      ({ x }) =>
        tf.slice(
          tf.pad(x!, [
            [1, 1],
            [2, 0],
            [0, 3],
          ]),
          [0, 1, 1],
          [4, 3, 5],
        ),
      { x: inputs.x },
    );
    await expectGradientLikeCpu(({ x }) => tf.add(...(tf.split(x!, 2, 1) as [tf.Tensor, tf.Tensor])), { x: inputs.x });
    await expectGradientLikeCpu(({ x }) => tf.tile(tf.transpose(x!), [1, 2, 1]), { x: inputs.x });
    const ids = [2, 0, 2, 2, 1];
    await expectGradientLikeCpu(({ x }) => tf.gather(x!, tf.tensor1d(ids, "int32")), { x: normal(rng, [4, 17]) });
  });
});
