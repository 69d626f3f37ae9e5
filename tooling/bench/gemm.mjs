// How fast matrix products run: ours on one thread, on two and through BLAS, beside tfjs-wasm and jax-js, in one run.
//
//   node tooling/bench/gemm.mjs [M N K]
//
// Each engine's turn is a few products; turns go round and the fastest product of each counts, so that what else the
// machine does falls on all alike. Build first: the packages are taken as built.
import { performance } from "node:perf_hooks";
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-wasm";
import { registerSimdBackend, simdInfo } from "@t5ts/backend-simd";

const [m, n, k] = process.argv.length > 4 ? process.argv.slice(2, 5).map(Number) : [512, 512, 2048];
const ROUNDS = 10;
const LAYOUTS = { nn: [false, false], nt: [false, true], tn: [true, false], tt: [true, true] };

const engines = {
  "tfjs wasm": tfjs("wasm"),
  "jax-js wasm": await jax(),
  "simd, 1 thread": simd({ threads: 1, blas: false }),
  "simd, 2 threads": simd({ threads: 2, blas: false }),
  "simd, BLAS": simd({ threads: 2, blas: true }),
};

let current;
const shortest = Object.fromEntries(Object.keys(engines).map((name) => [name, {}]));
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, engine] of Object.entries(engines)) {
    for (const [layout, transposes] of Object.entries(LAYOUTS)) {
      const ms = await engine(...transposes, name === "tfjs wasm" && layout !== "nn" ? 1 : 8);
      shortest[name][layout] = Math.min(shortest[name][layout] ?? Number.POSITIVE_INFINITY, ms);
    }
  }
}

const gflops = (ms) => (2 * m * n * k) / ms / 1e6;
console.log(`[${m}, ${k}] · [${k}, ${n}], GFLOP/s (shortest of ${ROUNDS} rounds), and times tfjs wasm`);
for (const [name, times] of Object.entries(shortest)) {
  const cells = Object.entries(times).map(([layout, ms]) => {
    const ratio = shortest["tfjs wasm"][layout] / ms;
    return `${layout} ${gflops(ms).toFixed(1).padStart(6)} ${`×${ratio.toFixed(1)}`.padEnd(7)}`;
  });
  console.log(`${name.padEnd(16)} ${cells.join(" ")}`);
}
const ratio = (a, b, layout) => (shortest[a][layout] / shortest[b][layout]).toFixed(2);
console.log(`one thread to jax-js, nn: ×${ratio("jax-js wasm", "simd, 1 thread", "nn")}`);
console.log(
  `two threads to one: nn ×${ratio("simd, 1 thread", "simd, 2 threads", "nn")}, nt ×${ratio("simd, 1 thread", "simd, 2 threads", "nt")}, tn ×${ratio("simd, 1 thread", "simd, 2 threads", "tn")}`,
);
console.log(JSON.stringify(simdInfo()));
process.exit(0);

/** The shortest time of `count` products on the current tfjs backend. */
function timed(transposeA, transposeB, count) {
  const a = tf.randomUniform(transposeA ? [k, m] : [m, k], -1, 1);
  const b = tf.randomUniform(transposeB ? [n, k] : [k, n], -1, 1);
  tf.matMul(a, b, transposeA, transposeB).dispose();
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < count; i++) {
    const start = performance.now();
    const y = tf.matMul(a, b, transposeA, transposeB);
    best = Math.min(best, performance.now() - start);
    y.dispose();
  }
  tf.dispose([a, b]);
  return best;
}

function tfjs(name) {
  return async (transposeA, transposeB, count) => {
    await tf.setBackend(name);
    return timed(transposeA, transposeB, count);
  };
}

function simd(options) {
  return async (transposeA, transposeB, count) => {
    if (current !== options) {
      if (tf.engine().registryFactory.simd !== undefined) tf.removeBackend("simd");
      await registerSimdBackend(options);
      current = options;
    }
    await tf.setBackend("simd");
    tf.matMul(tf.ones([512, 512]), tf.ones([512, 512])).dispose(); // wakes the threads
    await new Promise((resolve) => setTimeout(resolve, 100));
    return timed(transposeA, transposeB, count);
  };
}

async function jax() {
  const { init, defaultDevice, numpy: np } = await import("@jax-js/jax");
  await init("wasm"); // by name: it would look for a GPU in `navigator`, which Node 20 lacks
  defaultDevice("wasm");
  return async (transposeA, transposeB, count) => {
    const values = (size) => Float32Array.from({ length: size }, () => Math.random() * 2 - 1);
    const a = np.array(values(m * k)).reshape(transposeA ? [k, m] : [m, k]);
    const b = np.array(values(k * n)).reshape(transposeB ? [n, k] : [k, n]);
    const product = () => {
      const left = transposeA ? np.transpose(a.ref) : a.ref;
      const right = transposeB ? np.transpose(b.ref) : b.ref;
      return np.matmul(left, right);
    };
    await product().data();
    let best = Number.POSITIVE_INFINITY;
    for (let i = 0; i < count; i++) {
      const start = performance.now();
      const y = product();
      await y.blockUntilReady();
      best = Math.min(best, performance.now() - start);
      y.dispose();
    }
    a.dispose();
    b.dispose();
    return best;
  };
}
