// Trees of tensors

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
export { type FusedKernel, hasFusedKernel, runFusedKernel } from "./fused-kernels.js";
// Gradients
export { registerGradients } from "./gradients/register.js";
export { type MatMulOptions, matMul, matMulRows } from "./mat-mul.js";
export { randomNormal } from "./random-tensors.js";
export { rmsNorm } from "./rms-norm.js";
// Backends
export {
  type BackendCandidate,
  type BackendChoice,
  CPU_BACKEND,
  selectBackend,
  WASM_BACKEND,
} from "./select-backend.js";
// Shapes
export { checkShape, type Dimension } from "./shape.js";
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
export { valueAndGrad, valueAuxAndGrad } from "./value-and-grad.js";
