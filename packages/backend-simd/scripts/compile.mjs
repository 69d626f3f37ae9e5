// Compiles what isn't TypeScript for the package into src/generated: the kernels in assembly/, once with relaxed SIMD
// and once without, and the program of the worker threads as text.
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { deflateRawSync } from "node:zlib";
import asc from "assemblyscript/asc";
import { build } from "esbuild";

const PIECE_BYTES = 4096;
const root = fileURLToPath(new URL("..", import.meta.url));

const simd = await compileKernels([]);
const relaxed = await compileKernels(["--enable", "relaxed-simd"]);
const worker = await bundleWorker();

mkdirSync(`${root}src/generated`, { recursive: true });
writeFileSync(
  `${root}src/generated/kernels.ts`,
  `// Made by scripts/compile.mjs of the sources in assembly/.

/** A WebAssembly module: how long it is, and where in it stands whether its memory is shared. */
export type EmbeddedModule = { length: number; memoryFlagOffset: number };

export const SIMD_MODULE: EmbeddedModule = ${describe(simd)};

export const RELAXED_SIMD_MODULE: EmbeddedModule = ${describe(relaxed)};

/** Bytes of a piece of them. */
export const PIECE_BYTES = ${PIECE_BYTES};

/** Both, a piece of the one and a piece of the other in turns: deflated, in base64. */
export const MODULES_BASE64 =
  "${deflateRawSync(interleave(simd, relaxed), { level: 9 }).toString("base64")}";
`,
);
writeFileSync(
  `${root}src/generated/worker-program.ts`,
  `// Made by scripts/compile.mjs of src/worker.ts.
export const WORKER_PROGRAM: string = ${JSON.stringify(worker)};
`,
);

async function compileKernels(features) {
  const { error, stdout, stderr, binary } = await compile([
    "assembly/index.ts",
    ...["--baseDir", root, "--outFile", "kernels.wasm", "-O3", "--noAssert", "--runtime", "stub"],
    ...["--importMemory", "--maximumMemory", "65536", "--memoryBase", "1024"],
    ...["--enable", "simd", ...features],
  ]);
  if (error !== null) throw new Error(`asc: ${error.message}\n${stdout}${stderr}`);
  return binary;
}

async function compile(options) {
  const { readFileSync } = await import("node:fs");
  let binary;
  const { error, stdout, stderr } = await asc.main(options, {
    readFile(name, base) {
      try {
        return readFileSync(`${base}/${name}`, "utf8");
      } catch {
        return null;
      }
    },
    writeFile(name, contents) {
      if (name.endsWith(".wasm")) binary = contents;
    },
    listFiles: () => [],
  });
  return { error, stdout: stdout.toString(), stderr: stderr.toString(), binary };
}

function describe(binary) {
  return `{ length: ${binary.length}, memoryFlagOffset: ${memoryFlagOffset(binary)} }`;
}

/** What the modules share is then near enough for deflate, which looks back 32 kB, to store it once. */
function interleave(first, second) {
  const pieces = [];
  for (let at = 0; at < Math.max(first.length, second.length); at += PIECE_BYTES) {
    pieces.push(first.subarray(at, at + PIECE_BYTES), second.subarray(at, at + PIECE_BYTES));
  }
  return Buffer.concat(pieces);
}

/** Where the limits of the imported memory begin: 1 there is an unshared memory with a maximum, 3 a shared one. */
function memoryFlagOffset(binary) {
  let at = 8;
  const number = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = binary[at++];
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  const skipText = () => {
    const length = number();
    at += length;
  };
  while (at < binary.length) {
    const section = binary[at++];
    const end = number() + at;
    if (section === 2) {
      for (let left = number(); left > 0; left--) {
        skipText();
        skipText();
        const kind = binary[at++];
        if (kind === 2 && binary[at] === 1) return at;
        if (kind !== 0) throw new Error(`compile: unexpected import of kind ${kind}`);
        number();
      }
    }
    at = end;
  }
  throw new Error("compile: the module imports no memory");
}

async function bundleWorker() {
  const { outputFiles } = await build({
    entryPoints: [`${root}src/worker.ts`],
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    target: "es2022",
  });
  return outputFiles[0].text.trim();
}
