import * as tf from "@tensorflow/tfjs-core";
import { gradients } from "./backward.js";
import { registerGradients } from "./gradients/register.js";
import { disposeTree, leaves, mapTree, type TensorTree, withLeaves } from "./tree.js";

/**
 * Makes of a loss the function that also gives its gradient with respect to every tensor of its argument.
 *
 * A parameter that the loss doesn't use gets a gradient of zeros. Value and gradients are the caller's.
 */
export function valueAndGrad<P extends TensorTree>(
  loss: (params: P) => tf.Scalar,
): (params: P) => { value: tf.Scalar; grads: P } {
  return (params) => {
    const { value, grads } = valueAuxAndGrad<P, undefined>((p) => ({ value: loss(p), aux: undefined }))(params);
    return { value, grads };
  };
}

/** As `valueAndGrad`, for a loss that also returns tensors to look at, such as its parts; those are the caller's too. */
export function valueAuxAndGrad<P extends TensorTree, A extends TensorTree>(
  loss: (params: P) => { value: tf.Scalar; aux: A },
): (params: P) => { value: tf.Scalar; aux: A; grads: P } {
  return (params) => {
    registerGradients();
    const inputs = leaves(params);
    let aux: A | undefined;
    const { value, grads } = gradients(() => {
      const result = loss(params);
      if (result.value.size !== 1) {
        throw new Error(`valueAndGrad: expected a scalar loss, got shape [${result.value.shape.join(", ")}]`);
      }
      aux = result.aux;
      // What the loss made is tidied before we can return it.
      for (const leaf of leaves(aux as TensorTree)) tf.keep(leaf);
      return tf.reshape(result.value, []);
    }, inputs);
    const released = mapTree((leaf) => tf.clone(leaf), aux as A);
    disposeTree(aux as TensorTree);
    const filled = grads.map((grad, i) => grad ?? tf.zerosLike(inputs[i] as tf.Tensor));
    return { value: value as tf.Scalar, aux: released, grads: withLeaves(params, filled) };
  };
}
