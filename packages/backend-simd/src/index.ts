export { registerSimdBackend, type SimdInfo, type SimdOptions, simdInfo } from "./register.js";
