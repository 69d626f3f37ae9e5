import * as tf from "@tensorflow/tfjs-core";
import { registerGradients } from "./gradients/register.js";
import { registerWasmKernels } from "./wasm-kernels.js";

/** A backend that may be chosen. */
export type BackendCandidate = {
  name: string;
  /**
   * Registers the backend with tfjs.
   *
   * @returns What is worth knowing of it, such as its threads.
   * @throws Error with the reason if it can't run here.
   */
  register(): Promise<string>;
};

/** What was chosen, and why the ones before it were not. */
export type BackendChoice = { name: string; reason: string; rejected: { name: string; reason: string }[] };

/** tfjs's WebAssembly backend with the kernels that training needs. */
export const WASM_BACKEND: BackendCandidate = {
  name: "wasm",
  async register() {
    if (typeof WebAssembly === "undefined") throw new Error("this platform has no WebAssembly");
    const { getThreadsCount } = await import("@tensorflow/tfjs-backend-wasm");
    if (!(await tf.setBackend("wasm"))) throw new Error("tfjs could not start it");
    registerWasmKernels();
    return describeThreads(getThreadsCount);
  },
};

/** tfjs's plain JavaScript backend: runs everywhere, slowly. */
export const CPU_BACKEND: BackendCandidate = {
  name: "cpu",
  async register() {
    await import("@tensorflow/tfjs-backend-cpu");
    await tf.setBackend("cpu");
    // Otherwise the first tensor prints an advertisement for tfjs-node, which doesn't run on newer Nodes (tfjs#8609).
    (tf.backend() as tf.KernelBackend & { firstUse: boolean }).firstUse = false;
    return "plain JavaScript, one thread";
  },
};

/**
 * Makes the first of `candidates` that runs here the current backend of tfjs, or the one that is named.
 *
 * @param wanted `auto`, or the name of a candidate.
 * @throws Error if the one that is named, or with `auto` every one, can't run here; it says why.
 */
export async function selectBackend(
  wanted: string,
  candidates: readonly BackendCandidate[] = [WASM_BACKEND, CPU_BACKEND],
): Promise<BackendChoice> {
  registerGradients();
  const names = candidates.map(({ name }) => name);
  if (wanted !== "auto" && !names.includes(wanted)) {
    throw new RangeError(`selectBackend: expected auto or one of ${names.join(", ")}, got "${wanted}"`);
  }
  const rejected: BackendChoice["rejected"] = [];
  for (const candidate of candidates) {
    if (wanted !== "auto" && candidate.name !== wanted) continue;
    try {
      const about = await candidate.register();
      if (!(await tf.setBackend(candidate.name))) throw new Error("tfjs could not start it");
      await tf.ready();
      const why = wanted === "auto" ? "the first that runs here" : "asked for";
      return { name: candidate.name, reason: `${why}; ${about}`, rejected };
    } catch (error) {
      rejected.push({ name: candidate.name, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  const reasons = rejected.map(({ name, reason }) => `${name}: ${reason}`).join("; ");
  throw new Error(`selectBackend: no backend can run here (${reasons})`);
}

function describeThreads(getThreadsCount: () => number): string {
  try {
    return `WebAssembly, ${getThreadsCount()} thread(s)`;
  } catch {
    return "WebAssembly, one thread"; // the count is only known where tfjs may use threads
  }
}
