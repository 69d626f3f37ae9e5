import { createRng, type Rng } from "@t5ts/random";
import { encode, generate, initT5, type T5Model, type T5Params, targetCosts } from "@t5ts/t5-model";
import { disposeReplaced, tidy, valueAndGrad } from "@t5ts/tensor-core";
import { adamW } from "@t5ts/trainer";
import * as tf from "@tensorflow/tfjs-core";
import { type PreparedWork, timed } from "./prepared-work.js";
import { MODEL_SIZES, type ModelSize, TRAIN_BATCH, type Work } from "./work.js";

/** Work on a model of random weights: only speed and memory are looked at. */
export function prepareModelWork({ what, size }: Pick<Work, "what" | "size">): PreparedWork {
  const rng = createRng(0);
  // An end token that is never chosen, so that generation makes all its steps.
  const config = { ...MODEL_SIZES[size as ModelSize], eosTokenId: -1 };
  const model = { config, params: initT5(rng.fork("model"), config) };
  const tokens = (rows: number, length: number): tf.Tensor2D => randomTokens(rng, model, rows, length);
  switch (what) {
    case "train_step": {
      const { batch, inputLength, targetLength } = TRAIN_BATCH;
      return prepareTrainStep(model, tokens(batch, inputLength), tokens(batch, targetLength), rng.fork("dropout"));
    }
    case "encode128":
      return prepareEncode(model, tokens(1, 128));
    case "generate32_beam1":
      return prepareGenerate(model, tokens(1, 128), 1);
    case "generate32_beam4":
      return prepareGenerate(model, tokens(1, 128), 4);
    default:
      throw new RangeError(`prepareModelWork: what: expected work with a model, got "${what}"`);
  }
}

/** Forward, backward and AdamW. */
function prepareTrainStep(
  { config, params: initial }: T5Model,
  inputIds: tf.Tensor2D,
  labels: tf.Tensor2D,
  rng: Rng,
): PreparedWork {
  const [batch, length] = labels.shape;
  const decoderInputIds = tf.concat([tf.zeros([batch, 1], "int32"), tf.slice(labels, [0, 0], [batch, length - 1])], 1);
  const inputs = { inputIds, decoderInputIds: decoderInputIds as tf.Tensor2D, labels };
  const loss = (params: T5Params, stepRng: Rng): tf.Scalar =>
    tf.mean(targetCosts({ config, params }, inputs, { rng: stepRng }));
  const optimizer = adamW();
  let params = initial;
  let state = optimizer.init(params);
  let step = 0;
  return timed(async () => {
    const { value, ...next } = tidy(() => {
      const { value, grads } = valueAndGrad((learned: T5Params) => loss(learned, rng.fork(step)))(params);
      return { value, ...optimizer.update(grads, state, params, { step, learningRate: 1e-4 }) };
    });
    disposeReplaced({ params, state }, next);
    ({ params, state } = next);
    step++;
    const [number] = await value.data();
    value.dispose();
    if (!Number.isFinite(number)) throw new Error(`train_step: expected a finite loss, got ${number}`);
  });
}

function prepareEncode(model: T5Model, inputIds: tf.Tensor2D): PreparedWork {
  return timed(async () => {
    const encoded = tf.tidy(() => encode(model, { inputIds }).encoded);
    await encoded.data();
    encoded.dispose();
  });
}

function prepareGenerate(model: T5Model, inputIds: tf.Tensor2D, numBeams: number): PreparedWork {
  return timed(async () => {
    const [outputs] = await generate(model, { inputIds }, { maxNewTokens: 32, numBeams });
    const length = outputs?.[0]?.ids.length;
    if (length !== 32) throw new Error(`generate32: expected 32 tokens, got ${length}`);
  });
}

function randomTokens(rng: Rng, { config }: T5Model, rows: number, length: number): tf.Tensor2D {
  const ids = Int32Array.from({ length: rows * length }, () => 3 + rng.integer(config.vocabSize - 3));
  return tf.tensor2d(ids, [rows, length], "int32");
}
