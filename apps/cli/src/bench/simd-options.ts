import { registerSimdBackend, simdInfo } from "@t5ts/backend-simd";

/** `simd` where it has a native library for products, but doesn't use it. */
export const SIMD_WITHOUT_BLAS = "simd without BLAS";

/** Registers `simd` with these threads and says its name, if it's the backend; any other is as it is. */
export async function registerSimd({ backend, threads }: { backend: string; threads: number }): Promise<string> {
  if (backend !== "simd" && backend !== SIMD_WITHOUT_BLAS) return backend;
  // Before `startBackend` registers it: then its own options count no more.
  await registerSimdBackend({ threads, blas: backend === "simd" });
  return "simd";
}

/** Whether `simd`, once registered, multiplies with a native library. */
export function simdHasBlas(): boolean {
  return simdInfo().blas !== undefined;
}
