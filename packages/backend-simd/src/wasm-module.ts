import { type EmbeddedModule, RELAXED_SIMD_MODULE, SIMD_MODULE } from "./generated/kernels.js";

/** The kernels, compiled for one kind of memory. */
export type KernelModule = { module: WebAssembly.Module; hasRelaxedSimd: boolean };

/**
 * Compiles the kernels: with relaxed SIMD, whose fused multiply-add doubles the speed of a product, where the platform
 * has it.
 *
 * @throws Error if there's no WebAssembly SIMD.
 */
export async function loadKernels(isShared: boolean, wantsRelaxedSimd: boolean): Promise<KernelModule> {
  if (typeof WebAssembly === "undefined") throw new Error("simd: this platform has no WebAssembly");
  if (wantsRelaxedSimd) {
    const bytes = await unpack(RELAXED_SIMD_MODULE, isShared);
    if (hasRelaxedSimd(bytes)) return { module: await WebAssembly.compile(bytes), hasRelaxedSimd: true };
  }
  const bytes = await unpack(SIMD_MODULE, isShared);
  if (!WebAssembly.validate(bytes)) throw new Error("simd: this platform's WebAssembly has no SIMD");
  return { module: await WebAssembly.compile(bytes), hasRelaxedSimd: false };
}

function hasRelaxedSimd(bytes: Uint8Array<ArrayBuffer>): boolean {
  if (WebAssembly.validate(bytes)) return true;
  // Node 20 has it behind a flag; later ones don't know the flag any more.
  globalThis.process?.getBuiltinModule?.("node:v8").setFlagsFromString("--experimental-wasm-relaxed-simd");
  return WebAssembly.validate(bytes);
}

async function unpack(
  { base64, memoryFlagOffset }: EmbeddedModule,
  isShared: boolean,
): Promise<Uint8Array<ArrayBuffer>> {
  const packed = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  // Kernels don't synchronise, so one module serves both memories: it only has to name the kind it imports.
  if (isShared) bytes[memoryFlagOffset] = 3;
  return bytes;
}
