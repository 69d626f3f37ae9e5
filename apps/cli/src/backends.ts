import { type BackendCandidate, type BackendChoice, CPU_BACKEND, selectBackend, WASM_BACKEND } from "@t5ts/tensor-core";
import { UsageError } from "./usage-error.js";

/** The backends, fastest first. Those that aren't a part of this installation have no candidate. */
const BACKENDS: readonly { name: string; load(): Promise<BackendCandidate | undefined> }[] = [
  { name: "simd", load: async () => SIMD_BACKEND },
  { name: "webgpu", load: () => loadInstalled("@t5ts/backend-webgpu", "WEBGPU_BACKEND") },
  { name: "wasm", load: async () => WASM_BACKEND },
  { name: "cpu", load: async () => CPU_BACKEND },
];

/** Kernels of our own for the CPU, with threads, and products by a native library where there is one. */
const SIMD_BACKEND: BackendCandidate = {
  name: "simd",
  async register() {
    const { registerSimdBackend, simdInfo } = await import("@t5ts/backend-simd");
    await registerSimdBackend();
    const { threads, reasonForThreads, relaxedSimd, blas, reasonForNoBlas } = simdInfo();
    const products = blas === undefined ? `no BLAS: ${reasonForNoBlas}` : `products by ${blas.library}`;
    return `${threads} thread(s): ${reasonForThreads}; ${relaxedSimd ? "relaxed SIMD" : "SIMD"}; ${products}`;
  },
};

const NOT_INSTALLED = "not part of this version";

/**
 * Makes a backend the current one of tfjs.
 *
 * @param wanted `auto`, or a backend's name.
 * @throws UsageError with the reason if the one asked for can't run here.
 */
export async function startBackend(wanted: string): Promise<BackendChoice> {
  const candidates = await installedBackends();
  const names = candidates.map(({ name }) => name);
  if (wanted !== "auto" && !names.includes(wanted)) {
    throw new UsageError(`--backend ${wanted}: ${NOT_INSTALLED}; expected auto or one of ${names.join(", ")}`);
  }
  try {
    return await selectBackend(wanted, candidates);
  } catch (cause) {
    if (wanted === "auto") throw cause;
    throw new UsageError(`--backend ${wanted}: ${(cause as Error).message}`, { cause });
  }
}

/** Whether each backend runs here, with what is worth knowing of it or why it doesn't; tried one after the other. */
export async function tryBackends(): Promise<{ name: string; isAvailable: boolean; about: string }[]> {
  const tried: { name: string; isAvailable: boolean; about: string }[] = [];
  for (const { name, load } of BACKENDS) {
    const candidate = await load();
    const about = candidate?.register().then(
      (about) => ({ isAvailable: true, about }),
      (error: Error) => ({ isAvailable: false, about: error.message }),
    );
    tried.push({ name, ...((await about) ?? { isAvailable: false, about: NOT_INSTALLED }) });
  }
  return tried;
}

async function installedBackends(): Promise<BackendCandidate[]> {
  const candidates = await Promise.all(BACKENDS.map(({ load }) => load()));
  return candidates.filter((candidate) => candidate !== undefined);
}

/** A backend whose package may be missing. What goes wrong in a package that is there is thrown. */
async function loadInstalled(packageName: string, exportName: string): Promise<BackendCandidate | undefined> {
  try {
    return ((await import(packageName)) as Record<string, BackendCandidate | undefined>)[exportName];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_MODULE_NOT_FOUND") return undefined;
    throw error;
  }
}
