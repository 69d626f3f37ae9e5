// How a peer is measured: it gets ready once, then does its work for every line on stdin and answers with a line of JSON.
import { createInterface } from "node:readline";

/**
 * `prepare` gets the package's name and the job, both arguments of the program, and gives the work made ready: each call
 * does it for a while and says how many `seconds` it takes once.
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

/** A run lasts at least this long: what takes less is done again and again. */
const RUN_MS = 100;

/** Work by the clock, with what it returns, if that is to be told. */
export function timed(work) {
  return async () => {
    const startedAt = performance.now();
    for (let count = 1; ; count++) {
      const facts = await work();
      const elapsedMs = performance.now() - startedAt;
      if (elapsedMs >= RUN_MS) return { seconds: elapsedMs / 1000 / count, ...facts };
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
