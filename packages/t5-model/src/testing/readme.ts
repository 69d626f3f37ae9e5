import { generate } from "@t5ts/t5-model";
import { loadT5Folder } from "@t5ts/t5-model/node";
import { selectBackend } from "@t5ts/tensor-core";
import * as tf from "@tensorflow/tfjs-core";

await selectBackend("auto");
// From the root of the repository: a tiny T5 in Hugging Face's layout that has learned to turn its input round.
const model = await loadT5Folder("packages/t5-model/fixtures/v1.0-relu-tied");
const inputIds = tf.tensor2d([[24, 36, 7, 35, 27, 1]], [1, 6], "int32"); // 1 ends a sequence

const [outputs] = await generate(model, { inputIds }, { maxNewTokens: 10, numBeams: 4, numReturn: 2 });
for (const { ids, score } of outputs!) console.log(ids.join(" "), score?.toFixed(2));
