import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

// For tests: SentencePiece itself, by its Python module and its trainer (Debian: python3-sentencepiece, sentencepiece).

/** What SentencePiece makes of a text; offsets count code points. */
export type Reference = {
  readonly ids: number[];
  readonly pieces: string[];
  readonly offsets: [number, number][];
  readonly decoded: string;
  /** The three best, for unigram models. */
  readonly nBest?: number[][];
};

const findPython = (): string | undefined =>
  ["/usr/bin/python3", "python3"].find((python) => spawnSync(python, ["-c", "import sentencepiece"]).status === 0);
const findTrainer = (): boolean => spawnSync("spm_train", ["--version"]).status === 0;

if (findPython() === undefined || !findTrainer()) install();

const PYTHON = findPython();

/** Whether SentencePiece's Python module is installed; if not, a warning says so. */
export const HAS_REFERENCE: boolean = PYTHON !== undefined;
if (!HAS_REFERENCE) console.warn("NOT COVERED: SentencePiece itself: install python3-sentencepiece (Debian).");

/** Whether SentencePiece's trainer is installed; if not, a warning says so. */
export const HAS_TRAINER: boolean = findTrainer();
if (!HAS_TRAINER) console.warn("NOT COVERED: spm_train: install sentencepiece (Debian).");

/** Installs Debian's packages, if we may. Whether it worked is seen by looking again. */
function install(): void {
  if (process.getuid?.() !== 0) return;
  const apt = (...args: string[]): boolean => {
    const options = { env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" }, timeout: 120_000 };
    // Another worker of the tests may be installing the same.
    return spawnSync("apt-get", ["-o", "DPkg::Lock::Timeout=100", ...args], options).status === 0;
  };
  const packages = ["install", "--yes", "--no-install-recommends", "sentencepiece", "python3-sentencepiece"];
  if (!apt(...packages) && apt("update")) apt(...packages);
}

const PROGRAM = `
import json, sys, sentencepiece
model, texts, best = sys.argv[1:4]
processor = sentencepiece.SentencePieceProcessor(model_file=model)
results = []
for text in json.load(open(texts)):
    pieces = processor.encode(text, out_type="immutable_proto").pieces
    result = dict(ids=[p.id for p in pieces], pieces=[p.piece for p in pieces], offsets=[[p.begin, p.end] for p in pieces])
    result["decoded"] = processor.decode(result["ids"])
    if best == "1":
        result["nBest"] = [[p.id for p in n.pieces] for n in processor.nbest_encode(text, nbest_size=3, out_type="immutable_proto").nbests]
    results.append(result)
json.dump(results, sys.stdout)
`;

/** Runs SentencePiece on texts. */
export function runReference(model: Uint8Array, texts: readonly string[], isUnigram: boolean): Reference[] {
  return inFolder((folder) => {
    writeFileSync(join(folder, "model"), model);
    writeFileSync(join(folder, "texts"), JSON.stringify(texts));
    const args = ["-c", PROGRAM, join(folder, "model"), join(folder, "texts"), isUnigram ? "1" : "0"];
    const output = execFileSync(PYTHON!, args, { maxBuffer: 2 ** 30, stdio: ["ignore", "pipe", "ignore"] });
    return JSON.parse(output.toString()) as Reference[];
  });
}

/** Trains a model with `spm_train`. */
export function trainReference(text: string, flags: readonly string[]): Uint8Array {
  return inFolder((folder) => {
    writeFileSync(join(folder, "text"), text);
    const args = [`--input=${join(folder, "text")}`, `--model_prefix=${join(folder, "m")}`, ...flags];
    execFileSync("spm_train", args, { stdio: "ignore" });
    return readFileSync(join(folder, "m.model"));
  });
}

function inFolder<T>(run: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "sentencepiece-"));
  try {
    return run(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
