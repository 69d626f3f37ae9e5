import * as tf from "@tensorflow/tfjs-core";
import { gradients } from "./backward.js";
import { registerGradients } from "./gradients/register.js";
import { leaves, type TensorTree, withLeaves } from "./tree.js";

/**
 * `f(inputs)`, of which only the inputs are kept for the gradient: the backward pass runs `f` again. A stack of blocks
 * then needs the memory of one block and of the stream between them, for a third more work.
 *
 * @param f Of its inputs alone: another tensor that it uses gets no gradient. Called again it must give the same, so
 *   dropout inside has to start from a generator made anew.
 *
 * Chen et al. 2016, "Training deep nets with sublinear memory cost" (there, checkpointing).
 */
export function recompute<T extends TensorTree>(f: (inputs: T) => tf.Tensor, inputs: T): tf.Tensor {
  const operation = tf.customGrad((...args) => {
    const save = args.at(-1) as unknown as tf.GradSaveFunc;
    const given = args.slice(0, -1) as tf.Tensor[];
    save(given);
    return {
      value: f(withLeaves(inputs, given)),
      gradFunc: (dy, saved) => backward(f, withLeaves(inputs, saved as tf.Tensor[]), dy),
    };
  });
  return operation(...leaves(inputs));
}

function backward<T extends TensorTree>(f: (inputs: T) => tf.Tensor, inputs: T, dy: tf.Tensor): tf.Tensor[] {
  registerGradients();
  const xs = leaves(inputs);
  const { value, grads } = gradients(() => f(inputs), xs, dy);
  value.dispose();
  return grads.map((grad, i) => grad ?? tf.zerosLike(xs[i] as tf.Tensor));
}
