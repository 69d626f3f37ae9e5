import { jointLoss, languageModelLoss, nextSentenceLoss } from "@t5ts/losses";
import { selectBackend, valueAndGrad } from "@t5ts/tensor-core";
import * as tf from "@tensorflow/tfjs-core";

await selectBackend("auto");
const labels = tf.tensor2d([[2, 0, -100]], [1, 3], "int32"); // the last place is padding
const isNext = tf.tensor1d([1], "int32");

const loss = ({ logits, pair }: { logits: tf.Tensor; pair: tf.Tensor }) => {
  const parts = { lm: languageModelLoss(logits, labels), nsp: nextSentenceLoss(pair, isNext) };
  return jointLoss(parts, { lm: 1, nsp: 0.5 }).value;
};
const { value, grads } = valueAndGrad(loss)({ logits: tf.zeros([1, 3, 4]), pair: tf.zeros([1, 2]) });
console.log(value.arraySync().toFixed(4)); // log 4 + 0.5 log 2
console.log(grads.logits.arraySync());
console.log(grads.pair.arraySync());
