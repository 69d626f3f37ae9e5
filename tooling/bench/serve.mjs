// How a peer is measured: it gets ready once, then does its work for every line on stdin and answers with a line of JSON.
import { performance } from "node:perf_hooks";
import { createInterface } from "node:readline";

/**
 * `prepare` gets the package's name and the job, both arguments of the program, and gives the work made ready: each call
 * does it once and says `{ seconds, … }`.
 */
export async function serve(prepare) {
  const say = (reply) => process.stdout.write(`${JSON.stringify(reply)}\n`);
  try {
    const [packageName, job] = process.argv.slice(2);
    const run = await prepare(packageName, JSON.parse(job));
    say({ ready: true });
    for await (const _ of createInterface({ input: process.stdin })) {
      const reply = await run();
      say({ ...reply, peak_rss_mb: Math.round(process.resourceUsage().maxRSS / 1024) });
    }
  } catch (error) {
    say({ failed: error instanceof Error ? error.message : String(error) });
  }
  // Ends even if threads of the peer are still there; what was said has to be out before.
  process.stdout.write("", () => process.exit());
}

/** Work that is done once a run. */
export function timed(work) {
  return async () => {
    const startedAt = performance.now();
    await work();
    return { seconds: (performance.now() - startedAt) / 1000 };
  };
}

const RUN_MS = 100;

/** Work that is too fast for a run: `work(count)` does it so many times, and one is what is told. */
export function repeated(work) {
  let count = 1;
  return async () => {
    for (;;) {
      const startedAt = performance.now();
      await work(count);
      const elapsedMs = performance.now() - startedAt;
      if (elapsedMs >= RUN_MS / 2) return { seconds: elapsedMs / 1000 / count };
      count = Math.ceil((count * RUN_MS) / Math.max(elapsedMs, RUN_MS / 100));
    }
  };
}

/** What is done with a model has these names; greedy generation is a search with one beam. */
export function beamsOf(what) {
  return what === "generate32_beam4" ? 4 : 1;
}

/** Ids of real tokens, spread over the vocabulary. */
export function tokenIds(count, vocab) {
  return Int32Array.from({ length: count }, (_, i) => 3 + ((i * 7919) % (vocab - 3)));
}
