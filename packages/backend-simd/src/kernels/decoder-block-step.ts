import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { SimdBackend } from "../backend.js";
import { broadcastStrides } from "../layout.js";
import type { Job } from "../thread-pool.js";
import { areAll, type KernelArguments, type KernelTable } from "./kernel.js";

export const decoderBlockStepKernels: KernelTable = { DecoderBlockStep: (args) => decoderBlockStep(args) };

/** As many as `rowsTimesTransposed` takes. */
const MOST_ROWS = 16;

/**
 * Everything a position needs of a block, as one list of jobs. There are some twenty of them, of microseconds each, with
 * no more than a few rows: as operations of their own they'd take as long to be called as to be done.
 */
function decoderBlockStep({ inputs, attrs, backend }: KernelArguments): TensorInfo[] | undefined {
  if (!areAll("float32", ...Object.values(inputs))) return undefined;
  const { x, query, up, gate, crossKey } = inputs as Record<string, TensorInfo> & { x: TensorInfo };
  const [rows, , dModel] = x.shape as [number, number, number];
  if (rows > MOST_ROWS) {
    throw new RangeError(`DecoderBlockStep: x: expected at most ${MOST_ROWS} rows, got [${x.shape.join(", ")}]`);
  }
  const [inner, dFf] = [query!.shape[0] as number, up!.shape[0] as number];
  const [heads, epsilon] = [attrs.numHeads as number, attrs.epsilon as number];
  const depth = inner / heads;
  const past = inputs.pastKey?.shape[2] ?? 0;
  const keys = past + 1;
  const inputLength = crossKey!.shape[2] as number;
  const at = addressOf(backend, inputs);
  const outputs = [x.shape, [rows, heads, keys, depth], [rows, heads, keys, depth]].map((shape) =>
    backend.output(shape),
  );
  const [y, key, value] = outputs.map((output) => backend.address(output)) as [number, number, number];

  const memory = new Carver();
  const [normed, queries, newKey, newValue] = [dModel, inner, inner, inner].map((width) => memory.take(rows * width));
  const [attended, logSumExp] = [memory.take(rows * inner), memory.take(rows * heads)];
  const [wide, gates] = [memory.take(rows * dFf), memory.take(gate === undefined ? 0 : rows * dFf)];
  const scores = memory.take(backend.pool.threads * Math.max(keys, inputLength));

  return backend.withMemory(memory.bytes, (start) => {
    const place = (offset: number | undefined): number => start + (offset as number);
    const norm = (from: number, weight: string): Job => ({
      kernel: "rmsNorm",
      args: [from, at(weight), place(normed), dModel, epsilon],
      parts: rows,
      work: dModel * 2,
      waits: true,
    });
    const linear = (from: number, weight: string, to: number, addend = 0): Job => {
      const [dOut, dIn] = (inputs[weight] as TensorInfo).shape as [number, number];
      const args = [rows, dIn, from, dIn, at(weight), dIn, to, dOut, addend];
      return { kernel: "rowsTimesTransposed", args, parts: dOut, work: Math.ceil((rows * dIn) / 8), waits: true };
    };
    const attention = (keyAt: number, valueAt: number, length: number, bias: string): Job => {
      const from = [place(queries), keyAt, valueAt, at(bias), place(attended), place(logSumExp)];
      const strides = broadcastStrides((inputs[bias] as TensorInfo).shape, [rows, heads, 1, length]);
      const args = [...from, heads, 1, length, depth, ...strides, ...NO_DROPOUT, place(scores), 1];
      return { kernel: "attention", args, parts: rows * heads, work: length * Math.ceil(depth / 3 + 8), waits: true };
    };
    const join = (before: string, next: number, to: number): Job => {
      const args = [past === 0 ? 0 : at(before), past * depth * 4, next, depth * 4, to];
      return { kernel: "joinRows", args, parts: rows * heads, work: Math.ceil((keys * depth) / 2), waits: false };
    };
    const together = (job: Job): Job => ({ ...job, waits: false });
    const activate = (kernel: string, from: number[]): Job => {
      return { kernel, args: [...from, place(wide)], parts: rows * dFf, work: from.length * 3, waits: true };
    };

    backend.pool.runAll([
      norm(at("x"), "selfAttentionNorm"),
      linear(place(normed), "query", place(queries)),
      together(linear(place(normed), "key", place(newKey))),
      together(linear(place(normed), "value", place(newValue))),
      { ...join("pastKey", place(newKey), key), waits: true },
      join("pastValue", place(newValue), value),
      attention(key, value, keys, "selfBias"),
      linear(place(attended), "output", y, at("x")),
      norm(y, "crossAttentionNorm"),
      linear(place(normed), "crossQuery", place(queries)),
      attention(at("crossKey"), at("crossValue"), inputLength, "crossBias"),
      linear(place(attended), "crossOutput", y, y),
      norm(y, "feedForwardNorm"),
      linear(place(normed), "up", place(wide)),
      ...(gate === undefined
        ? [activate("reluOf", [place(wide)])]
        : [together(linear(place(normed), "gate", place(gates))), activate("gatedGelu", [place(gates), place(wide)])]),
      linear(place(wide), "down", y, y),
    ]);
    return outputs;
  });
}

/** Two words of no stream, a threshold that keeps all, and the scale of what is kept. */
const NO_DROPOUT = [0, 0, 0, 1];

function addressOf(backend: SimdBackend, inputs: Record<string, TensorInfo>): (name: string) => number {
  return (name) => backend.address(inputs[name] as TensorInfo);
}

/** Lays floats out one after the other, each piece on a cache line of its own. */
class Carver {
  bytes = 0;

  /** The offset of `count` floats. */
  take(count: number): number {
    const offset = this.bytes;
    this.bytes += Math.ceil((count * 4) / 64) * 64;
    return offset;
  }
}
