import { disposeTree, mapTree, namedLeaves, selectBackend, tidy, valueAndGrad } from "@t5ts/tensor-core";
import * as tf from "@tensorflow/tfjs-core";

await selectBackend("auto"); // WebAssembly where there is any

type Params = { slope: tf.Tensor; intercept: tf.Tensor };
const [x, y] = [tf.tensor1d([0, 1, 2, 3]), tf.tensor1d([1, 3, 5, 7])];
const loss = ({ slope, intercept }: Params) =>
  tf.mean(tf.squaredDifference(tf.add(tf.mul(slope, x), intercept), y)) as tf.Scalar;

let params: Params = { slope: tf.scalar(0), intercept: tf.scalar(0) };
for (let step = 0; step < 100; step++) {
  const next = tidy(() => {
    const { grads } = valueAndGrad(loss)(params);
    return mapTree((leaf, grad) => tf.sub(leaf, tf.mul(0.15, grad!)), params, grads);
  });
  disposeTree(params);
  params = next;
}
for (const [name, leaf] of namedLeaves(params)) console.log(name, leaf.dataSync()[0]!.toFixed(3));
