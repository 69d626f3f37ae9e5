import { attend, causalBias, initAttention, projectKeyValue } from "@t5ts/layers";
import { createRng } from "@t5ts/random";
import { selectBackend } from "@t5ts/tensor-core";
import * as tf from "@tensorflow/tfjs-core";

await selectBackend("auto");
const size = { dModel: 8, numHeads: 2, dHead: 4, headMerge: "concat" } as const;
const params = initAttention(createRng(0), size); // a record of tensors
const x = tf.ones([1, 3, 8]); // three equal tokens

// Each token attends to itself and to those before it; the watcher is shown how much.
const y = attend(params, x, projectKeyValue(params, x, size.numHeads), causalBias(3, 3), {
  ...size,
  dropoutRate: 0,
  watch: (weights) => {
    const [firstHead] = weights.arraySync()[0]!;
    for (const row of firstHead!) console.log(row.map((weight) => weight.toFixed(2)).join("  "));
  },
});
console.log(y.shape);
