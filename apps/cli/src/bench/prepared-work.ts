/** Work made ready: each call does it, and says how many seconds it took once and what else is to be told. */
export type PreparedWork = () => Promise<{ seconds: number } & Record<string, unknown>>;

/** A run lasts at least this long: what takes less is done again and again. */
export const RUN_MS = 100;

/** `work` by the clock, and the facts that it returns, if any. */
export function timed(work: () => Promise<unknown>): PreparedWork {
  return async () => {
    const startedAt = performance.now();
    for (let count = 1; ; count++) {
      const facts = (await work()) as Record<string, unknown> | undefined;
      const elapsedMs = performance.now() - startedAt;
      if (elapsedMs >= RUN_MS) return { seconds: elapsedMs / 1000 / count, ...facts };
    }
  };
}
