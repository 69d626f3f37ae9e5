// T5 v1.0 in jax-js, compiled with `jit`: `node jax-js.mjs @jax-js/jax JOB`.
// Its arrays are counted: a function uses up its arguments, `.ref` keeps one for another use.
import { blockUntilReady, defaultDevice, init, jit, nn, numpy as np, random, tree, valueAndGrad } from "@jax-js/jax";
import { positionBuckets } from "./position-buckets.mjs";
import { beamsOf, serve, timed, tokenIds } from "./serve.mjs";

const LEARNING_RATE = 1e-4;

serve(async (_, { kind, what, gemm, model }) => {
  await init("wasm");
  defaultDevice("wasm");
  if (kind === "gemm") return product(gemm);
  const params = initParams(model);
  await blockUntilReady(tree.ref(params));
  if (what === "train_step") return trainStep(params, model);
  if (what === "encode128") return encoding(params, model);
  return generation(params, model, beamsOf(what));
});

function product({ layout, batch, m, k, n }) {
  const normal = (rows, columns) =>
    random.normal(random.key(0), batch === 1 ? [rows, columns] : [batch, rows, columns]);
  const a = layout === "tn" ? normal(k, m) : normal(m, k);
  const b = layout === "nt" ? normal(n, k) : normal(k, n);
  const multiply = jit((a, b) =>
    np.matmul(layout === "tn" ? np.matrixTranspose(a) : a, layout === "nt" ? np.matrixTranspose(b) : b),
  );
  return timed(async () => {
    const c = multiply(a.ref, b.ref);
    await c.blockUntilReady();
    c.dispose();
  });
}

function trainStep(params, c) {
  const ids = integers(tokenIds(8 * 128, c.vocab), [8, 128]);
  const labels = tokenIds(8 * 32, c.vocab);
  const shifted = integers(
    labels.map((_, i) => (i % 32 === 0 ? 0 : labels[i - 1])),
    [8, 32],
  );
  const targets = integers(labels, [8 * 32]);
  // What is looked up in tables stays outside: jax-js doesn't compile the gradient of a look-up ("scatter input is not imm").
  const lossOf = jit((params, x, y, encoderBias, decoderBias, targets, key) => {
    const dropout = dropoutFrom(key, 10 * c.layers);
    const cross = crossKeysValues(params, c, encode(params, c, x, encoderBias, dropout));
    const scores = logits(params, c, decode(params, c, y, decoderBias, cross, dropout)).reshape([-1, c.vocab]);
    dropout.end();
    tree.dispose(params);
    const costs = np.sum(nn.logSoftmax(scores, -1).mul(nn.oneHot(targets, c.vocab)), -1);
    return np.mean(costs).neg();
  });
  const loss = (params, ids, shifted, targets, key) => {
    const tables = [lookUp(params, ids), lookUp(params, shifted), encoderBias(params, 128), decoderBias(params, 32)];
    return lossOf(params, ...tables, targets, key);
  };
  const update = jit((params, grads, mean, variance, time) => {
    const nextMean = tree.map((m, g) => m.mul(0.9).add(g.mul(0.1)), mean, tree.ref(grads));
    const nextVariance = tree.map((v, g) => v.mul(0.999).add(np.square(g).mul(0.001)), variance, grads);
    const correction = (beta) => np.array(1).sub(np.exp(time.ref.mul(Math.log(beta))));
    const [forMean, forVariance] = [correction(0.9), correction(0.999)];
    time.dispose();
    const next = tree.map(
      (p, m, v) => {
        const root = np.sqrt(v.div(forVariance.ref)).add(1e-8);
        return p.mul(1 - LEARNING_RATE * 0.01).sub(m.div(forMean.ref).mul(LEARNING_RATE).div(root));
      },
      params,
      tree.ref(nextMean),
      tree.ref(nextVariance),
    );
    forMean.dispose();
    forVariance.dispose();
    return [next, nextMean, nextVariance];
  });
  let mean = tree.map(np.zerosLike, tree.ref(params));
  let variance = tree.map(np.zerosLike, tree.ref(params));
  let time = 0;
  return timed(async () => {
    const key = random.key(++time);
    const [value, grads] = valueAndGrad(loss)(tree.ref(params), ids.ref, shifted.ref, targets.ref, key);
    [params, mean, variance] = update(params, grads, mean, variance, np.array(time));
    await blockUntilReady(tree.ref([params, mean, variance]));
    const number = (await value.data())[0];
    if (!Number.isFinite(number)) throw new Error(`train_step: expected a finite loss, got ${number}`);
  });
}

function encoding(params, c) {
  const ids = integers(tokenIds(128, c.vocab), [1, 128]);
  const run = jit((params, ids) => {
    const x = encode(params, c, lookUp(params, ids), encoderBias(params, 128));
    tree.dispose(params);
    return x;
  });
  return timed(async () => {
    const x = run(tree.ref(params), ids.ref);
    await x.data();
  });
}

/** 32 steps of forced length. The cache has room for all from the start, so that one compiled step serves them all. */
function generation(params, c, rows) {
  const length = 32;
  const ids = integers(tokenIds(128, c.vocab), [1, 128]);
  const start = jit((params, ids) => {
    const encoded = np.tile(encode(params, c, lookUp(params, ids), encoderBias(params, 128)), [rows, 1, 1]);
    const cross = crossKeysValues(params, c, encoded);
    tree.dispose(params);
    return cross;
  });
  const buckets = positionBuckets(length, length, false);
  const step = jit((params, token, cache, cross, at) => {
    const row = np.take(integers(buckets, [length, length]), at.ref, 0);
    const isPast = np.lessEqual(np.arange(length).astype(np.int32), at.ref);
    const table = np.transpose(np.take(params.decoderBias.ref, row, 0));
    const bias = np.where(isPast, table, -1e9).reshape([1, c.heads, 1, length]);
    const isHere = np.equal(np.arange(length).astype(np.int32), at).reshape([1, 1, length, 1]);
    let x = np.take(params.embedding.ref, token, 0).reshape([rows, 1, c.d]);
    const kept = [];
    for (const [layer, block] of params.decoder.entries()) {
      const h = norm(block.norm1, x.ref);
      const [key, value] = ["key", "value"].map((part) =>
        np.where(isHere.ref, heads(linear(block.self[part], h.ref), c), cache[layer][part]),
      );
      const q = heads(linear(block.self.query, h), c);
      x = x.add(attend(block.self, q, key.ref, value.ref, bias.ref));
      x = crossAttend(block, c, x, cross[layer]);
      x = feedForward(block, x);
      kept.push({ key, value });
    }
    bias.dispose();
    isHere.dispose();
    const best = np.argmax(logits(params, c, norm(params.decoderNorm, x)).reshape([rows, c.vocab]), 1);
    tree.dispose(params);
    return [best.astype(np.int32), kept];
  });
  const empty = () => np.zeros([rows, c.heads, length, c.dkv]);
  return timed(async () => {
    const cross = start(tree.ref(params), ids.ref);
    let token = integers(new Int32Array(rows), [rows]);
    let cache = params.decoder.map(() => ({ key: empty(), value: empty() }));
    for (let at = 0; at < length; at++) {
      [token, cache] = step(tree.ref(params), token, cache, tree.ref(cross), np.array(at, { dtype: np.int32 }));
      await blockUntilReady(token.ref);
    }
    await token.data();
    tree.dispose([cache, cross]);
  });
}

function encode(params, c, x, bias, dropout = none) {
  for (const block of params.encoder) {
    x = selfAttend(block, c, x, bias.ref, dropout);
    x = feedForward(block, x, dropout);
  }
  bias.dispose();
  return norm(params.encoderNorm, x);
}

function decode(params, c, x, bias, cross, dropout) {
  for (const [layer, block] of params.decoder.entries()) {
    x = selfAttend(block, c, x, bias.ref, dropout);
    x = crossAttend(block, c, x, cross[layer], dropout);
    x = feedForward(block, x, dropout);
  }
  bias.dispose();
  return norm(params.decoderNorm, x);
}

function selfAttend(block, c, x, bias, dropout = none) {
  const h = norm(block.norm1, x.ref);
  const [q, k, v] = ["query", "key", "value"].map((part) => heads(linear(block.self[part], h.ref), c));
  h.dispose();
  return x.add(dropout(attend(block.self, q, k, v, bias, dropout)));
}

function crossAttend(block, c, x, { key, value }, dropout = none) {
  const q = heads(linear(block.cross.query, norm(block.norm2, x.ref)), c);
  return x.add(dropout(attend(block.cross, q, key, value, undefined, dropout)));
}

function crossKeysValues(params, c, encoded) {
  const cross = params.decoder.map(({ cross }) => ({
    key: heads(linear(cross.key, encoded.ref), c),
    value: heads(linear(cross.value, encoded.ref), c),
  }));
  encoded.dispose();
  return cross;
}

function attend(attention, q, k, v, bias, dropout = none) {
  const scores = np.matmul(q, np.matrixTranspose(k));
  const weights = nn.softmax(bias === undefined ? scores : scores.add(bias), -1);
  const mixed = np.transpose(np.matmul(dropout(weights), v), [0, 2, 1, 3]);
  const [batch, length] = mixed.shape;
  return linear(attention.output, mixed.reshape([batch, length, -1]));
}

function feedForward(block, x, dropout = none) {
  const h = nn.relu(linear(block.wi, norm(block.norm3, x.ref)));
  return x.add(dropout(linear(block.wo, dropout(h))));
}

function norm(weight, x) {
  const meanSquare = np.mean(np.square(x.ref), -1, { keepdims: true });
  return x.mul(np.reciprocal(np.sqrt(meanSquare.add(1e-6)))).mul(weight.ref);
}

function linear(weight, x) {
  return np.matmul(x, weight.ref);
}

function logits(params, c, x) {
  return np.matmul(x.mul(c.d ** -0.5), np.transpose(params.embedding.ref));
}

function heads(x, c) {
  const [batch, length] = x.shape;
  return np.transpose(x.reshape([batch, length, c.heads, c.dkv]), [0, 2, 1, 3]);
}

function lookUp(params, ids) {
  return np.take(params.embedding.ref, ids, 0);
}

function encoderBias(params, length) {
  return positionBias(params.encoderBias, length, true);
}

function decoderBias(params, length) {
  const future = Float32Array.from({ length: length * length }, (_, i) =>
    i % length > Math.floor(i / length) ? -1e9 : 0,
  );
  return positionBias(params.decoderBias, length, false).add(np.array(future).reshape([length, length]));
}

function positionBias(table, length, isBidirectional) {
  const buckets = integers(positionBuckets(length, length, isBidirectional), [length, length]);
  return np.transpose(np.take(table.ref, buckets, 0), [2, 0, 1]).reshape([1, -1, length, length]);
}

const none = (x) => x;

/** Dropout at a rate of 0.1 that draws `count` times from `key`. */
function dropoutFrom(key, count) {
  const keys = random.split(key, count);
  let used = 0;
  const dropout = (x) => {
    const kept = random.bernoulli(keys.ref.slice(used++), 0.9, x.shape);
    return np.where(kept, x.mul(1 / 0.9), 0);
  };
  dropout.end = () => keys.dispose();
  return dropout;
}

function initParams({ vocab, d, dkv, ff, layers, heads }) {
  let seed = 0;
  const matrix = (rows, columns) => random.normal(random.key(seed++), [rows, columns]).mul(rows ** -0.5);
  const inner = heads * dkv;
  const attention = () => ({
    query: matrix(d, inner),
    key: matrix(d, inner),
    value: matrix(d, inner),
    output: matrix(inner, d),
  });
  const block = () => ({
    norm1: np.ones([d]),
    self: attention(),
    norm3: np.ones([d]),
    wi: matrix(d, ff),
    wo: matrix(ff, d),
  });
  const repeat = (make) => Array.from({ length: layers }, make);
  return {
    embedding: random.normal(random.key(seed++), [vocab, d]),
    encoderBias: matrix(32, heads),
    decoderBias: matrix(32, heads),
    encoder: repeat(block),
    decoder: repeat(() => ({ ...block(), norm2: np.ones([d]), cross: attention() })),
    encoderNorm: np.ones([d]),
    decoderNorm: np.ones([d]),
  };
}

function integers(values, shape) {
  return np.array(values, { dtype: np.int32 }).reshape(shape);
}
