import {
  type EmbeddedModule,
  MODULES_BASE64,
  PIECE_BYTES,
  RELAXED_SIMD_MODULE,
  SIMD_MODULE,
} from "./generated/kernels.js";

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
  const [plain, relaxed] = await unpack();
  if (wantsRelaxedSimd) {
    const bytes = forMemory(relaxed, RELAXED_SIMD_MODULE, isShared);
    if (hasRelaxedSimd(bytes)) return { module: await WebAssembly.compile(bytes), hasRelaxedSimd: true };
  }
  const bytes = forMemory(plain, SIMD_MODULE, isShared);
  if (!WebAssembly.validate(bytes)) throw new Error("simd: this platform's WebAssembly has no SIMD");
  return { module: await WebAssembly.compile(bytes), hasRelaxedSimd: false };
}

function hasRelaxedSimd(bytes: Bytes): boolean {
  if (WebAssembly.validate(bytes)) return true;
  // Node 20 has it behind a flag; later ones don't know the flag any more.
  globalThis.process?.getBuiltinModule?.("node:v8").setFlagsFromString("--experimental-wasm-relaxed-simd");
  return WebAssembly.validate(bytes);
}

type Bytes = Uint8Array<ArrayBuffer>;

async function unpack(): Promise<[plain: Bytes, relaxed: Bytes]> {
  const packed = Uint8Array.from(atob(MODULES_BASE64), (character) => character.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
  const both = new Uint8Array(await new Response(stream).arrayBuffer());
  const modules: [Bytes, Bytes] = [new Uint8Array(SIMD_MODULE.length), new Uint8Array(RELAXED_SIMD_MODULE.length)];
  let from = 0;
  for (let at = 0; from < both.length; at += PIECE_BYTES) {
    for (const module of modules) {
      const piece = both.subarray(from, from + Math.max(0, Math.min(PIECE_BYTES, module.length - at)));
      if (piece.length > 0) module.set(piece, at);
      from += piece.length;
    }
  }
  return modules;
}

/** Kernels don't synchronise, so one module serves both memories: it only has to name the kind it imports. */
function forMemory(bytes: Bytes, { memoryFlagOffset }: EmbeddedModule, isShared: boolean): Bytes {
  if (isShared) bytes[memoryFlagOffset] = 3;
  return bytes;
}
