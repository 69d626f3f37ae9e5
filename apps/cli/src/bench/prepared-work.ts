import { performance } from "node:perf_hooks";

/** Work made ready: each call does it once, and says how many seconds one took and what else is to be told. */
export type PreparedWork = () => Promise<{ seconds: number } & Record<string, unknown>>;

/** `work`, by the clock. */
export function timed(work: () => Promise<void>): PreparedWork {
  return async () => {
    const startedAt = performance.now();
    await work();
    return { seconds: (performance.now() - startedAt) / 1000 };
  };
}
