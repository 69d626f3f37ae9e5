import { execFile } from "node:child_process";
import { mkdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Contender, threadEnvironment } from "./contender.js";
import type { BenchJob } from "./job.js";

/** PyTorch as a contender, or why it isn't; and what it exports for onnxruntime. */
export type PyTorch = {
  contender?: Contender;
  reason: string;
  /**
   * The folder with a model of the job's shape in ONNX; made once.
   *
   * @throws Error with the reason if it can't be made here.
   */
  exportOnnx(job: BenchJob): Promise<string>;
};

/** Pythons to try; the system's own last, since `python3` may be another one that lacks Debian's packages. */
const PYTHONS = [process.env.PYTHON, "python3", "/usr/bin/python3"].filter((python) => python !== undefined);

const HOW_TO_GET =
  "no Python here imports torch (Debian: apt-get install python3-torch python3-onnx; PYTHON names another Python)";

/** Looks for a Python that imports torch, to run the script in `benchFolder`. */
export async function findPyTorch(benchFolder: string): Promise<PyTorch> {
  const script = join(benchFolder, "torch_t5.py");
  for (const python of PYTHONS) {
    const version = await tryPython(python, "import torch; print(torch.__version__)");
    if (version === undefined) continue;
    const exported = new Map<string, Promise<string>>();
    return {
      reason: "",
      contender: {
        peer: `pytorch ${version}`,
        backend: "cpu",
        isOurs: false,
        isThreaded: true,
        does: ({ kind }) => kind !== "tokenizer",
        command: async (job) => ({
          file: python,
          args: [script, "serve", JSON.stringify(job)],
          env: threadEnvironment(job.threads),
        }),
      },
      exportOnnx(job) {
        const folder = join(benchFolder, "node_modules", ".cache", `onnx-${job.size}`);
        const made = exported.get(folder) ?? exportModel(python, script, job, folder);
        exported.set(folder, made);
        return made;
      },
    };
  }
  return {
    reason: HOW_TO_GET,
    exportOnnx: async () => {
      throw new Error(`its models are exported by PyTorch, and ${HOW_TO_GET}`);
    },
  };
}

async function exportModel(python: string, script: string, job: BenchJob, folder: string): Promise<string> {
  if (await stat(folder).catch(() => undefined)) return folder;
  if ((await tryPython(python, "import onnx")) === undefined) {
    throw new Error(`its models are exported by PyTorch with onnx, which ${python} lacks (Debian: python3-onnx)`);
  }
  const unfinished = `${folder}.${process.pid}`;
  await mkdir(unfinished, { recursive: true });
  try {
    await run(python, [script, "export", JSON.stringify(job), unfinished]);
    await rename(unfinished, folder);
    return folder;
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

/** What a Python prints for a program, if it runs it. */
async function tryPython(python: string, program: string): Promise<string | undefined> {
  return run(python, ["-c", program]).then(
    ({ stdout }) => stdout.trim(),
    () => undefined,
  );
}

const run = promisify(execFile);
