import { createRng } from "@t5ts/random";
import { selectBackend } from "@t5ts/tensor-core";
import { adamW, linearSchedule, train } from "@t5ts/trainer";
import * as tf from "@tensorflow/tfjs-core";

/** Points on the line y = 2 x + 1. */
function* data(from = 0) {
  const rng = createRng(1);
  for (let i = from; ; i++) {
    const x = Array.from({ length: 8 }, (_, j) => rng.fork(i).fork(j).uniform());
    yield { batch: { x, y: x.map((x) => 2 * x + 1) }, position: i + 1 };
  }
}

await selectBackend("auto");
const run = train({
  params: { slope: tf.scalar(0), offset: tf.scalar(0) },
  loss: ({ slope, offset }, { x, y }) => ({
    value: tf.losses.meanSquaredError(tf.tensor1d(y), tf.add(tf.mul(slope, x), offset)),
  }),
  data,
  optimizer: adamW(),
  schedule: linearSchedule({ rate: 0.2, warmupSteps: 10, totalSteps: 200 }),
  steps: 200,
  rng: createRng(0),
});
for await (const event of run) {
  if (event.kind === "step" && event.step % 50 === 0) console.log(`step ${event.step}, loss ${event.loss.toFixed(4)}`);
  if (event.kind === "finished") console.log(`slope ${event.params.slope.arraySync().toFixed(2)}`);
}
