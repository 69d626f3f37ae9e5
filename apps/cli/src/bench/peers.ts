import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Contender, type Found, threadEnvironment } from "./contender.js";
import { findPyTorch, type PyTorch } from "./pytorch.js";
import type { TokenizerKind, Work } from "./work.js";

/** A package of npm that others use for the same, and the program in `tooling/bench` that serves with it. */
type Peer = Pick<Contender, "backend" | "isThreaded" | "does"> & { name: string; packageName: string; script: string };

const isTensorWork = ({ kind }: Work): boolean => kind === "gemm" || kind === "model";
const isInference = ({ kind, what }: Work): boolean => kind === "model" && what !== "train_step";
const isTensorWorkButTraining = (work: Work): boolean => work.kind === "gemm" || isInference(work);
const isTokenizing =
  (...kinds: TokenizerKind[]) =>
  (work: Work): boolean =>
    work.kind === "tokenizer" && kinds.includes(work.tokenizer);

// tfjs and jax-js have threads in pages only.
const WASM = { backend: "wasm", isThreaded: false };
const ONNX = { script: "onnxruntime.mjs", isThreaded: true, does: isInference };
const TOKENIZER = { script: "tokenizers.mjs", isThreaded: false };

const PEERS: readonly Peer[] = [
  {
    name: "tfjs",
    packageName: "@tensorflow/tfjs-backend-wasm",
    script: "tfjs.mjs",
    ...WASM,
    does: isTensorWorkButTraining,
  },
  { name: "jax-js", packageName: "@jax-js/jax", script: "jax-js.mjs", ...WASM, does: isTensorWork },
  { name: "onnxruntime-node", packageName: "onnxruntime-node", backend: "cpu", ...ONNX },
  { name: "onnxruntime-web", packageName: "onnxruntime-web", backend: "wasm", ...ONNX },
  {
    name: "tokenizers",
    packageName: "tokenizers",
    backend: "native",
    ...TOKENIZER,
    does: isTokenizing("bpe", "cl100k", "unigram", "train"),
  },
  {
    name: "@huggingface/tokenizers",
    packageName: "@huggingface/tokenizers",
    backend: "js",
    ...TOKENIZER,
    does: isTokenizing("bpe", "cl100k", "unigram"),
  },
  {
    name: "kitoken",
    packageName: "kitoken",
    backend: "wasm",
    ...TOKENIZER,
    does: isTokenizing("bpe", "cl100k", "unigram"),
  },
  {
    name: "gpt-tokenizer",
    packageName: "gpt-tokenizer",
    backend: "js",
    ...TOKENIZER,
    does: isTokenizing("cl100k"),
  },
  {
    name: "tiktoken",
    packageName: "tiktoken",
    backend: "wasm",
    ...TOKENIZER,
    does: isTokenizing("cl100k"),
  },
  {
    name: "@sctg/sentencepiece-js",
    packageName: "@sctg/sentencepiece-js",
    backend: "wasm",
    ...TOKENIZER,
    does: isTokenizing("unigram"),
  },
];

/** Looks for those that do some of the work, in the `tooling/bench` of a clone if there is one. */
export async function findPeers(work: readonly Work[], folder: string | undefined): Promise<Found> {
  const wanted = PEERS.filter(({ does }) => work.some(does));
  const wantsTorch = work.some(isTensorWork);
  if (folder === undefined) {
    const names = [...wanted.map(({ name }) => name), ...(wantsTorch ? ["pytorch"] : [])];
    const reason = "they're looked for in a clone of the repository, in tooling/bench";
    return { contenders: [], missing: [{ names, reason }] };
  }
  const torch = wantsTorch ? await findPyTorch(folder) : undefined;
  const found = wanted.map((peer) => ({ peer, version: installedVersion(folder, peer.packageName) }));
  const absent = found.filter(({ version }) => version === undefined).map(({ peer }) => peer.name);
  return {
    contenders: [
      ...found.flatMap(({ peer, version }) =>
        version === undefined ? [] : [asContender(peer, version, folder, torch)],
      ),
      ...(torch?.contender === undefined ? [] : [torch.contender]),
    ],
    missing: [
      ...(absent.length === 0 ? [] : [{ names: absent, reason: "not installed in tooling/bench" }]),
      ...(torch === undefined || torch.contender ? [] : [{ names: ["pytorch"], reason: torch.reason }]),
    ],
  };
}

function asContender(
  { name, packageName, script, backend, isThreaded, does }: Peer,
  version: string,
  folder: string,
  torch: PyTorch | undefined,
): Contender {
  return {
    peer: `${name} ${version}`,
    backend,
    isOurs: false,
    isThreaded,
    does,
    async command(job) {
      const isOnnx = script === ONNX.script;
      const onnxFolder = isOnnx ? await torch?.exportOnnx(job) : undefined;
      const args = [join(folder, script), packageName, JSON.stringify({ ...job, onnxFolder })];
      return { file: process.execPath, args, env: threadEnvironment(job.threads) };
    },
  };
}

/** The version of a package that is installed in a folder. */
function installedVersion(folder: string, packageName: string): string | undefined {
  const file = join(folder, "node_modules", packageName, "package.json");
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version : undefined;
}
