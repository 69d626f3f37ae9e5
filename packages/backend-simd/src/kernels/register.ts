import * as tf from "@tensorflow/tfjs-core";
import type { SimdBackend } from "../backend.js";
import { activationKernels } from "./activations.js";
import { attentionKernels } from "./attention.js";
import { castKernels } from "./cast.js";
import { crossEntropyKernels } from "./cross-entropy.js";
import { decoderStepKernels } from "./decoder-step.js";
import { dropoutKernels } from "./dropout.js";
import { binaryKernels } from "./elementwise-binary.js";
import { unaryKernels } from "./elementwise-unary.js";
import { encoderKernels } from "./encoder.js";
import { fillKernels } from "./fill.js";
import { gatherKernels } from "./gather.js";
import type { KernelArguments, KernelTable, SimdKernel } from "./kernel.js";
import { matMulKernels } from "./mat-mul.js";
import { optimizerKernels } from "./optimizer.js";
import { quantizeRowsKernels } from "./quantize-rows.js";
import { reductionKernels } from "./reductions.js";
import { rmsNormKernels } from "./rms-norm.js";
import { selectKernels } from "./select.js";
import { slicingKernels } from "./slicing.js";
import { softmaxKernels } from "./softmax.js";
import { topLogitsKernels } from "./top-logits.js";
import { transposeKernels } from "./transpose.js";

export const BACKEND_NAME = "simd";

const TABLES: readonly KernelTable[] = [
  activationKernels,
  attentionKernels,
  crossEntropyKernels,
  decoderStepKernels,
  dropoutKernels,
  encoderKernels,
  optimizerKernels,
  quantizeRowsKernels,
  rmsNormKernels,
  castKernels,
  binaryKernels,
  unaryKernels,
  fillKernels,
  gatherKernels,
  matMulKernels,
  reductionKernels,
  selectKernels,
  slicingKernels,
  softmaxKernels,
  topLogitsKernels,
  transposeKernels,
];

/** Registers every kernel of the CPU backend for this one, and ours before those of the same name. Once is enough. */
export function registerKernels(): void {
  if (isRegistered) return;
  isRegistered = true;
  const ours = new Map(TABLES.flatMap((table) => Object.entries(table)));
  for (const { kernelName, kernelFunc } of tf.getKernelsForBackend("cpu")) {
    register(kernelName, ours.get(kernelName), kernelFunc);
    ours.delete(kernelName);
  }
  for (const [kernelName, kernel] of ours) register(kernelName, kernel, undefined);
}

let isRegistered = false;

function register(kernelName: string, ours: SimdKernel | undefined, stock: tf.KernelFunc | undefined): void {
  tf.registerKernel({
    kernelName,
    backendName: BACKEND_NAME,
    kernelFunc: (args) => {
      const output = ours?.(args as unknown as KernelArguments);
      if (output !== undefined) return output;
      if (stock === undefined) throw new Error(`simd: ${kernelName}: the inputs have types it isn't defined for`);
      return (args.backend as SimdBackend).runCpuKernel(stock, args);
    },
  });
}
