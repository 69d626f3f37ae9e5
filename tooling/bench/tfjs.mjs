// T5 v1.0 in plain tfjs on its wasm backend, as it is without our repairs: `node tfjs.mjs @tensorflow/tfjs-backend-wasm JOB`.
// It can't train: in Node tfjs has no gradients, and its wasm backend lacks the kernel for that of an embedding.
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-wasm";
import { positionBuckets } from "./position-buckets.mjs";
import { beamsOf, serve, timed, tokenIds } from "./serve.mjs";

serve(async (_, { kind, what, gemm, model }) => {
  await tf.setBackend("wasm");
  if (kind === "gemm") return product(gemm);
  const params = initParams(model);
  const ids = tf.tensor2d(tokenIds(128, model.vocab), [1, 128], "int32");
  if (what === "encode128") return encoding(params, model, ids);
  return generation(params, model, ids, beamsOf(what));
});

function product({ layout, batch, m, k, n }) {
  const normal = (rows, columns) => tf.randomNormal(batch === 1 ? [rows, columns] : [batch, rows, columns]);
  const a = layout === "tn" ? normal(k, m) : normal(m, k);
  const b = layout === "nt" ? normal(n, k) : normal(k, n);
  return timed(async () => tf.matMul(a, b, layout === "tn", layout === "nt").dispose());
}

function encoding(params, c, ids) {
  return timed(async () => {
    const x = tf.tidy(() => encode(params, c, ids));
    await x.data();
    x.dispose();
  });
}

function generation(params, c, ids, rows) {
  return timed(async () => {
    const cross = tf.tidy(() => {
      const encoded = tf.tile(encode(params, c, ids), [rows, 1, 1]);
      return params.decoder.map(({ cross }) => keysValues(cross, encoded, c));
    });
    let tokens = tf.zeros([rows, 1], "int32");
    let past = [];
    for (let i = 0; i < 32; i++) {
      const next = tf.tidy(() => decodeToken(params, c, tokens, past, cross));
      tf.dispose([tokens, past]);
      ({ tokens, past } = next);
      await tokens.data();
    }
    tf.dispose([tokens, past, cross]);
  });
}

function encode(params, c, ids) {
  const length = ids.shape[1];
  const bias = positionBias(params.encoderBias, positionBuckets(length, length, true), length, length);
  let x = tf.gather(params.embedding, ids);
  for (const block of params.encoder) {
    const h = norm(block.norm1, x);
    x = tf.add(x, attend(block.self, h, keysValues(block.self, h, c), bias, c));
    x = feedForward(block, x);
  }
  return norm(params.encoderNorm, x);
}

function decodeToken(params, c, tokens, past, cross) {
  const length = (past[0]?.key.shape[2] ?? 0) + 1;
  const bias = positionBias(params.decoderBias, positionBuckets(1, length, false), 1, length);
  let x = tf.gather(params.embedding, tokens);
  const kept = params.decoder.map((block, layer) => {
    const h = norm(block.norm1, x);
    const { key, value } = keysValues(block.self, h, c);
    const all = past[layer]
      ? { key: tf.concat([past[layer].key, key], 2), value: tf.concat([past[layer].value, value], 2) }
      : { key, value };
    x = tf.add(x, attend(block.self, h, all, bias, c));
    x = tf.add(x, attend(block.cross, norm(block.norm2, x), cross[layer], undefined, c));
    x = feedForward(block, x);
    return all;
  });
  const last = tf.mul(tf.reshape(norm(params.decoderNorm, x), [-1, c.d]), c.d ** -0.5);
  const logits = tf.matMul(last, params.embedding, false, true);
  return { tokens: tf.expandDims(tf.argMax(logits, 1), 1), past: kept };
}

function attend(attention, h, { key, value }, bias, c) {
  const scores = tf.matMul(heads(linear(attention.query, h), c), key, false, true);
  const weights = tf.softmax(bias ? tf.add(scores, bias) : scores);
  const [batch, length] = h.shape;
  const mixed = tf.transpose(tf.matMul(weights, value), [0, 2, 1, 3]);
  return linear(attention.output, tf.reshape(mixed, [batch, length, c.heads * c.dkv]));
}

function keysValues(attention, h, c) {
  return { key: heads(linear(attention.key, h), c), value: heads(linear(attention.value, h), c) };
}

function feedForward(block, x) {
  return tf.add(x, linear(block.wo, tf.relu(linear(block.wi, norm(block.norm3, x)))));
}

function norm(weight, x) {
  return tf.mul(tf.mul(x, tf.rsqrt(tf.add(tf.mean(tf.square(x), -1, true), 1e-6))), weight);
}

// One product of all rows: of a batch tfjs makes many, each of them slow.
function linear(weight, x) {
  const rows = tf.reshape(x, [-1, weight.shape[0]]);
  return tf.reshape(tf.matMul(rows, weight), [...x.shape.slice(0, -1), weight.shape[1]]);
}

function heads(x, c) {
  const [batch, length] = x.shape;
  return tf.transpose(tf.reshape(x, [batch, length, c.heads, c.dkv]), [0, 2, 1, 3]);
}

function positionBias(table, buckets, queries, keys) {
  const rows = tf.gather(table, tf.tensor1d(buckets, "int32"));
  return tf.reshape(tf.transpose(rows), [1, table.shape[1], queries, keys]);
}

function initParams({ vocab, d, dkv, ff, layers, heads }) {
  const matrix = (rows, columns) => tf.randomNormal([rows, columns], 0, rows ** -0.5);
  const inner = heads * dkv;
  const attention = () => ({
    query: matrix(d, inner),
    key: matrix(d, inner),
    value: matrix(d, inner),
    output: matrix(inner, d),
  });
  const block = () => ({
    norm1: tf.ones([d]),
    self: attention(),
    norm3: tf.ones([d]),
    wi: matrix(d, ff),
    wo: matrix(ff, d),
  });
  const repeat = (make) => Array.from({ length: layers }, make);
  return {
    embedding: tf.randomNormal([vocab, d]),
    encoderBias: matrix(32, heads),
    decoderBias: matrix(32, heads),
    encoder: repeat(block),
    decoder: repeat(() => ({ ...block(), norm2: tf.ones([d]), cross: attention() })),
    encoderNorm: tf.ones([d]),
    decoderNorm: tf.ones([d]),
  };
}
