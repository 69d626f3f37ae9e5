import packageJson from "../../package.json" with { type: "json" };
import { tryBackends } from "../backends.js";
import { UsageError } from "../usage-error.js";
import { type Contender, type Found, threadEnvironment } from "./contender.js";
import { SIMD_WITHOUT_BLAS, simdHasBlas } from "./simd-options.js";
import type { Work } from "./work.js";

/** The command that serves; `t5 bench` runs it. */
export const SERVE_COMMAND = "bench-serve";

/** Backends with threads of their own. */
const THREADED: readonly string[] = ["simd", SIMD_WITHOUT_BLAS];

/**
 * T5 in TypeScript on the backends that run here, or on the one that is named.
 *
 * @throws UsageError with the reason if the one that is named doesn't.
 */
export async function ownContenders(wanted: string, work: readonly Work[]): Promise<Found> {
  const tokenizers = work.some(isTokenizer) ? [contender("js", isTokenizer)] : [];
  if (work.every(isTokenizer)) return { contenders: tokenizers, missing: [] };
  const tried = (await tryBackends()).filter(({ name }) => wanted === "auto" || name === wanted);
  const available = tried.filter(({ isAvailable }) => isAvailable).map(({ name }) => name);
  const missing = tried.filter(({ isAvailable }) => !isAvailable);
  if (available.length === 0)
    throw new UsageError(`--backend ${wanted}: ${missing.map(({ about }) => about).join("; ")}`);
  const hasBlas = available.includes("simd") && simdHasBlas();
  return {
    contenders: [
      ...available.flatMap((backend) => [
        contender(backend, (work) => !isTokenizer(work)),
        ...(backend === "simd" && hasBlas ? [contender(SIMD_WITHOUT_BLAS, (work) => !isTokenizer(work))] : []),
      ]),
      ...tokenizers,
    ],
    missing: missing.map(({ name, about }) => ({ names: [name], reason: about })),
  };
}

function isTokenizer({ kind }: Work): boolean {
  return kind === "tokenizer";
}

function contender(backend: string, does: (work: Work) => boolean): Contender {
  return {
    peer: `t5ts ${packageJson.version}`,
    backend,
    isOurs: true,
    isThreaded: THREADED.includes(backend),
    does,
    async command(job) {
      const program = process.argv[1] as string;
      return {
        file: process.execPath,
        args: [program, SERVE_COMMAND, JSON.stringify(job)],
        env: threadEnvironment(job.threads),
      };
    },
  };
}
