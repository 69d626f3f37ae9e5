import { registerSimdBackend } from "@t5ts/backend-simd";
import { type BackendCandidate, CPU_BACKEND, selectBackend, WASM_BACKEND } from "@t5ts/tensor-core";
import { beforeAll, describe } from "vitest";

const SIMD_BACKEND: BackendCandidate = {
  name: "simd",
  register: async () => {
    await registerSimdBackend();
    return "ours";
  },
};

/** Runs one suite on each backend, so that all of them answer to the same expectations. */
export function describeOnBackends(
  title: string,
  suite: () => void,
  candidates: readonly BackendCandidate[] = [CPU_BACKEND, WASM_BACKEND, SIMD_BACKEND],
): void {
  for (const candidate of candidates) {
    describe(`${title} on ${candidate.name}`, () => {
      beforeAll(async () => {
        await selectBackend(candidate.name, [candidate]);
      });
      suite();
    });
  }
}
