export { expectGradient } from "./expect-gradient.js";
export { expectTensor } from "./expect-tensor.js";
export { describeOnBackends } from "./on-backends.js";
