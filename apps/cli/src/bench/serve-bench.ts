import { createInterface } from "node:readline";
import { startBackend } from "../backends.js";
import { prepareGemm } from "./gemm-bench.js";
import type { BenchJob } from "./job.js";
import { prepareModelWork } from "./model-bench.js";
import type { PreparedWork } from "./prepared-work.js";
import { registerSimd } from "./simd-options.js";
import { prepareTokenizer } from "./tokenizer-bench.js";

/** Does the job once for every line on stdin, and answers on stdout, until stdin ends. Never throws. */
export async function serveBench(job: BenchJob): Promise<void> {
  const say = (reply: object): void => void process.stdout.write(`${JSON.stringify(reply)}\n`);
  try {
    const run = await prepare(job);
    say({ ready: true });
    for await (const _ of createInterface({ input: process.stdin })) {
      const reply = await run();
      say({ ...reply, peak_rss_mb: Math.round(process.resourceUsage().maxRSS / 1024) });
    }
  } catch (error) {
    say({ failed: error instanceof Error ? error.message : String(error) });
  }
}

async function prepare(job: BenchJob): Promise<PreparedWork> {
  if (job.kind === "tokenizer") return prepareTokenizer(job);
  const backend = await registerSimd(job);
  await startBackend(backend);
  return job.kind === "gemm" ? prepareGemm(job.gemm) : prepareModelWork(job);
}
