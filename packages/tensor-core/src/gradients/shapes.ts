import * as tf from "@tensorflow/tfjs-core";
import { sumToShape } from "./arithmetic.js";
import type { GradientTable } from "./gradient-table.js";

/** Kernels that move numbers without changing them: their gradients move them back. */
const reshapeBack: GradientTable[string] = {
  inputsToSave: ["x"],
  gradFunc: (dy, [x]) => ({ x: () => tf.reshape(dy as tf.Tensor, x!.shape) }),
};

export const shapeGradients: GradientTable = {
  Reshape: reshapeBack,
  ExpandDims: {
    inputsToSave: ["input"],
    gradFunc: (dy, [input]) => ({ input: () => tf.reshape(dy as tf.Tensor, input!.shape) }),
  },
  Transpose: {
    gradFunc: (dy, _saved, attrs) => {
      const { perm } = attrs as unknown as { perm: number[] };
      return { x: () => tf.transpose(dy as tf.Tensor, tf.backend_util.getUndoAxesPermutation(perm)) };
    },
  },
  Slice: {
    inputsToSave: ["x"],
    gradFunc: (dy, [x], attrs) => {
      const { begin, size } = attrs as unknown as { begin: number | number[]; size: number | number[] };
      const [begins, sizes] = tf.slice_util.parseSliceParams(x!, begin, size) as [number[], number[]];
      const paddings = begins.map((start, axis): [number, number] => [
        start,
        (x!.shape[axis] as number) - start - (sizes[axis] as number),
      ]);
      return { x: () => tf.pad(dy as tf.Tensor, paddings) };
    },
  },
  PadV2: {
    inputsToSave: ["x"],
    gradFunc: (dy, [x], attrs) => {
      const { paddings } = attrs as unknown as { paddings: [number, number][] };
      return {
        x: () =>
          tf.slice(
            dy as tf.Tensor,
            paddings.map(([before]) => before),
            x!.shape,
          ),
      };
    },
  },
  Concat: {
    saveAllInputs: true,
    gradFunc: (dy, inputs, attrs) => {
      const axis = tf.util.parseAxisParam((attrs as unknown as { axis: number }).axis, inputs[0]!.shape)[0] as number;
      const parts = tf.split(
        dy as tf.Tensor,
        inputs.map((input) => input.shape[axis] as number),
        axis,
      );
      return Object.fromEntries(parts.map((part, i) => [i, () => part]));
    },
  },
  SplitV: {
    gradFunc: (dys, _saved, attrs) => ({
      // With a single part, tfjs passes its gradient without the list.
      x: () => tf.concat(Array.isArray(dys) ? dys : [dys as tf.Tensor], (attrs as unknown as { axis: number }).axis),
    }),
  },
  Pack: {
    saveAllInputs: true,
    gradFunc: (dy, _saved, attrs) => {
      const parts = tf.unstack(dy as tf.Tensor, (attrs as unknown as { axis: number }).axis);
      return Object.fromEntries(parts.map((part, i) => [i, () => part]));
    },
  },
  Unpack: {
    gradFunc: (dys, _saved, attrs) => ({
      value: () => tf.stack(Array.isArray(dys) ? dys : [dys as tf.Tensor], (attrs as unknown as { axis: number }).axis),
    }),
  },
  Tile: {
    inputsToSave: ["x"],
    gradFunc: (dy, [x], attrs) => {
      const { reps } = attrs as unknown as { reps: number[] };
      // [n·a, m·b] → [n, a, m, b] → sum over n and m.
      const split = x!.shape.flatMap((size, axis) => [reps[axis] as number, size]);
      const axes = x!.shape.map((_, axis) => 2 * axis);
      return { x: () => tf.reshape(tf.sum(tf.reshape(dy as tf.Tensor, split), axes), x!.shape) };
    },
  },
  BroadcastTo: {
    inputsToSave: ["x"],
    gradFunc: (dy, [x]) => ({ x: () => sumToShape(dy as tf.Tensor, x!.shape) }),
  },
};
