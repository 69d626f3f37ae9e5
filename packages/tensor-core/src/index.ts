// Trees of tensors
export {
  countElements,
  disposeReplaced,
  disposeTree,
  leaves,
  mapTree,
  namedLeaves,
  type TensorTree,
  tidy,
  withLeaves,
} from "./tree.js";
export { checkShape, type Dimension } from "./shape.js";

// Gradients
export { registerGradients } from "./gradients/register.js";
export { valueAndGrad, valueAuxAndGrad } from "./value-and-grad.js";

// Operations, each with its gradient
export { gatedGelu, gelu, relu } from "./activations.js";
export {
  type AttentionDropout,
  type AttentionInputs,
  attentionProduct,
  attentionWeights,
} from "./attention-product.js";
export { type CrossEntropyOptions, crossEntropy, linearCrossEntropy } from "./cross-entropy.js";
export { addDropout, dropout } from "./dropout.js";
export { checkIds, embeddingLookup } from "./embedding-lookup.js";
export { type MatMulOptions, matMul, matMulRows } from "./mat-mul.js";
export { randomNormal } from "./random-tensors.js";
export { recompute } from "./recompute.js";
export { rmsNorm } from "./rms-norm.js";

// Safetensors
export { bfloat16ToFloat32, float16ToFloat32, float32ToBfloat16, float32ToFloat16 } from "./half-precision.js";
export { blobSource, type ByteSink, type ByteSource, bytesSink, bytesSource, writeBytes } from "./safetensors-bytes.js";
export {
  encodeSafetensors,
  hasEqualTensors,
  openSafetensors,
  readTensor,
  type Safetensors,
  type SafetensorsItem,
  treeItems,
  writeSafetensors,
} from "./safetensors.js";
export type { SafetensorsEntry, SafetensorsHeader } from "./safetensors-header.js";
export {
  openShardedSafetensors,
  SAFETENSORS_INDEX,
  type ShardOptions,
  writeShardedSafetensors,
} from "./safetensors-sharded.js";
export type { SafetensorsDtype, SafetensorsValues } from "./safetensors-values.js";

// Backends
export {
  type BackendCandidate,
  type BackendChoice,
  CPU_BACKEND,
  selectBackend,
  WASM_BACKEND,
} from "./select-backend.js";
export { type FusedKernel, hasFusedKernel, isRecordingGradients, runFusedKernel } from "./fused-kernels.js";
