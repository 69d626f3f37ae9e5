/** What `--backend` takes; `auto` takes the first of the others that runs here. */
export const BACKEND_NAMES: readonly string[] = ["auto", "simd", "webgpu", "wasm", "cpu"];
