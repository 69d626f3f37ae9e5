// T5 v1.0 in onnxruntime, on what `torch_t5.py export` made: `node onnxruntime.mjs onnxruntime-node JOB`, or -web.
// What transformers.js runs, without its own overhead. It can't train.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beamsOf, serve, timed, tokenIds } from "./serve.mjs";

serve(async (packageName, { what, threads, model, onnxFolder }) => {
  const isNative = packageName === "onnxruntime-node";
  const { default: ort } = await import(packageName);
  if (!isNative) ort.env.wasm.numThreads = threads;
  const options = {
    intraOpNumThreads: threads,
    graphOptimizationLevel: "all",
    executionProviders: [isNative ? "cpu" : "wasm"],
  };
  const load = (name) => {
    const file = join(onnxFolder, `${name}.onnx`);
    return ort.InferenceSession.create(isNative ? file : new Uint8Array(readFileSync(file)), options);
  };
  const integers = (values, shape) => new ort.Tensor("int64", BigInt64Array.from(Array.from(values, BigInt)), shape);

  const encoder = await load("encoder");
  const source = { ids: integers(tokenIds(128, model.vocab), [1, 128]) };
  if (what === "encode128") return timed(async () => void (await encoder.run(source)));

  const rows = beamsOf(what);
  const [first, next] = [await load("decoder"), await load("decoder_past")];
  return timed(async () => {
    const cross = mapValues(await encoder.run(source), (tensor) => repeatRows(ort, tensor, rows));
    let out = await first.run({ ids: integers(new Int32Array(rows), [rows, 1]), ...cross });
    for (let i = 1; i < 32; i++) {
      const { logits, ...past } = out;
      const ids = integers(bestOfRows(logits.data, rows), [rows, 1]);
      const renamed = Object.fromEntries(Object.entries(past).map(([name, tensor]) => [`p_${name.slice(2)}`, tensor]));
      out = await next.run({ ids, ...cross, ...renamed });
    }
    bestOfRows(out.logits.data, rows);
  });
});

function repeatRows(ort, tensor, rows) {
  if (rows === 1) return tensor;
  const data = new Float32Array(rows * tensor.data.length);
  for (let row = 0; row < rows; row++) data.set(tensor.data, row * tensor.data.length);
  return new ort.Tensor("float32", data, [rows, ...tensor.dims.slice(1)]);
}

function bestOfRows(scores, rows) {
  const width = scores.length / rows;
  return Int32Array.from({ length: rows }, (_, row) => {
    let best = row * width;
    for (let i = best; i < (row + 1) * width; i++) if (scores[i] > scores[best]) best = i;
    return best - row * width;
  });
}

function mapValues(record, f) {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, f(value)]));
}
