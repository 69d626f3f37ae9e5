import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { SimdBackend } from "../backend.js";
import { multiply } from "../multiply.js";
import { fillWords } from "./fill.js";
import type { KernelArguments, KernelTable } from "./kernel.js";

export const crossEntropyKernels: KernelTable = {
  CrossEntropy: ({ inputs, attrs, backend }) => {
    const { logits, labels } = inputs as Record<"logits" | "labels", TensorInfo>;
    const [rows, vocabSize] = logits.shape as [number, number];
    const options = optionsOf(attrs, vocabSize);
    checkLabels(backend, labels, vocabSize, options.ignoreId);
    const costs = new Costs(backend, labels, rows, options);
    costs.add(backend.address(logits), vocabSize, 0, vocabSize);
    return costs.finish();
  },
  CrossEntropyGrad: ({ inputs, attrs, backend }) => {
    const { dy, logits, labels, logZ } = inputs as Record<"dy" | "logits" | "labels" | "logZ", TensorInfo>;
    const [rows, vocabSize] = logits.shape as [number, number];
    const { label, other, zLoss, ignoreId } = optionsOf(attrs, vocabSize);
    const from = backend.address(logits);
    const known = [dy, labels, logZ].map((tensor) => backend.address(tensor));
    const dLogits = backend.output(logits.shape);
    const args = [from, vocabSize, backend.address(dLogits), vocabSize, ...known, 0, vocabSize];
    backend.pool.run("crossEntropyGrad", [...args, label, other, zLoss, ignoreId], rows, vocabSize * 5);
    return dLogits;
  },
  LinearCrossEntropy: (args) => linearCrossEntropy(args),
  LinearCrossEntropyGrad: (args) => linearCrossEntropyGrad(args),
};

/** Logits held at a time. */
const BLOCK_LOGITS = 1 << 21;

function linearCrossEntropy({ inputs, attrs, backend }: KernelArguments): TensorInfo[] {
  const { x, weight, labels } = inputs as Record<"x" | "weight" | "labels", TensorInfo>;
  const linear = linearOf(x, weight);
  const options = optionsOf(attrs, linear.vocabSize);
  checkLabels(backend, labels, linear.vocabSize, options.ignoreId);
  const from = [backend.address(x), backend.address(weight)] as const;
  const costs = new Costs(backend, labels, linear.rows, options);
  backend.withMemory(linear.rows * linear.block * 4, (logits) => {
    for (let column = 0; column < linear.vocabSize; column += linear.block) {
      const width = Math.min(linear.block, linear.vocabSize - column);
      multiplyBlock(backend, linear, from, { column, width, logits });
      costs.add(logits, width, column, width);
    }
  });
  return costs.finish();
}

function linearCrossEntropyGrad({ inputs, attrs, backend }: KernelArguments): TensorInfo[] {
  const { dy, x, weight, labels, logZ } = inputs as Record<"dy" | "x" | "weight" | "labels" | "logZ", TensorInfo>;
  const linear = linearOf(x, weight);
  const { rows, dIn, vocabSize, block } = linear;
  const { label, other, zLoss, ignoreId } = optionsOf(attrs, vocabSize);
  const from = [backend.address(x), backend.address(weight)] as const;
  const known = [dy, labels, logZ].map((tensor) => backend.address(tensor));
  const grads = [backend.output(x.shape), backend.output(weight.shape)];
  const [dx, dWeight] = grads.map((grad) => backend.address(grad)) as [number, number];
  if (rows === 0) fillWords(backend, dWeight, dIn * vocabSize, "float32", 0);
  backend.withMemory(rows * block * 4, (logits) => {
    for (let column = 0; column < vocabSize; column += block) {
      const width = Math.min(block, vocabSize - column);
      multiplyBlock(backend, linear, from, { column, width, logits });
      const args = [logits, width, logits, width, ...known, column, width, label, other, zLoss, ignoreId];
      backend.pool.run("crossEntropyGrad", args, rows, width * 5);
      const byWeight = {
        transposeA: false,
        transposeB: false,
        m: rows,
        n: dIn,
        k: width,
        lda: width,
        ldb: dIn,
        ldc: dIn,
      };
      multiply(backend, byWeight, logits, from[1] + column * dIn * 4, dx, column > 0);
      const byInput = {
        transposeA: true,
        transposeB: false,
        m: width,
        n: dIn,
        k: rows,
        lda: width,
        ldb: dIn,
        ldc: dIn,
      };
      multiply(backend, byInput, logits, from[0], dWeight + column * dIn * 4);
    }
  });
  return grads;
}

/** Logits [rows, vocabSize] of x [rows, dIn] with a weight [vocabSize, dIn]; `block` columns are computed at a time. */
type Linear = { rows: number; dIn: number; vocabSize: number; block: number };

function linearOf(x: TensorInfo, weight: TensorInfo): Linear {
  const [rows, dIn] = x.shape as [number, number];
  const vocabSize = weight.shape[0] as number;
  const wide = Math.floor(BLOCK_LOGITS / Math.max(1, rows) / 64) * 64;
  return { rows, dIn, vocabSize, block: Math.min(vocabSize, Math.max(256, wide)) };
}

function multiplyBlock(
  backend: SimdBackend,
  { rows, dIn }: Linear,
  [x, weight]: readonly [x: number, weight: number],
  { column, width, logits }: { column: number; width: number; logits: number },
): void {
  const product = { transposeA: false, transposeB: true, m: rows, n: width, k: dIn, lda: dIn, ldb: dIn, ldc: width };
  multiply(backend, product, x, weight + column * dIn * 4, logits);
}

type Options = { label: number; other: number; entropy: number; zLoss: number; ignoreId: number };

/** What the target gives to the label and to each other class, the entropy of that, and the other options. */
function optionsOf(attrs: Record<string, unknown>, vocabSize: number): Options {
  const { labelSmoothing, zLoss, ignoreId } = attrs as { labelSmoothing: number; zLoss: number; ignoreId: number };
  const label = 1 - labelSmoothing;
  const other = vocabSize > 1 ? labelSmoothing / (vocabSize - 1) : 0;
  const entropy = other === 0 ? 0 : -(label * Math.log(label) + labelSmoothing * Math.log(other));
  return { label, other, entropy, zLoss, ignoreId };
}

/** Costs of rows whose logits come in blocks of columns. */
class Costs {
  readonly #backend: SimdBackend;
  readonly #labels: number;
  readonly #rows: number;
  readonly #options: Options;
  readonly #state: TensorInfo;

  constructor(backend: SimdBackend, labels: TensorInfo, rows: number, options: Options) {
    this.#backend = backend;
    this.#labels = backend.address(labels);
    this.#rows = rows;
    this.#options = options;
    this.#state = backend.output([rows, 4]);
    backend.pool.run("startCrossEntropy", [backend.address(this.#state)], rows, 4);
  }

  add(logits: number, stride: number, column: number, width: number): void {
    const needsSum = this.#options.other === 0 ? 0 : 1;
    const args = [logits, stride, this.#labels, this.#backend.address(this.#state), column, width, needsSum];
    this.#backend.pool.run("addCrossEntropy", args, this.#rows, width * 5);
  }

  finish(): TensorInfo[] {
    const { label, other, entropy, zLoss, ignoreId } = this.#options;
    const outputs = [this.#backend.output([this.#rows]), this.#backend.output([this.#rows])];
    const to = outputs.map((output) => this.#backend.address(output));
    const args = [this.#labels, this.#backend.address(this.#state), ...to, label, other, entropy, zLoss, ignoreId];
    this.#backend.pool.run("finishCrossEntropy", args, this.#rows, 16);
    this.#backend.disposeData(this.#state.dataId);
    return outputs;
  }
}

function checkLabels(backend: SimdBackend, labels: TensorInfo, vocabSize: number, ignoreId: number): void {
  for (const [row, label] of backend.values(labels).entries()) {
    if ((label < 0 || label >= vocabSize) && label !== ignoreId) {
      const expected = `an id from 0 to ${vocabSize - 1} or ${ignoreId}`;
      throw new RangeError(`crossEntropy: labels: expected ${expected}, got ${label} at ${row}`);
    }
  }
}
