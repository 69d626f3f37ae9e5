const TURN_MS = 50;

/** Node's `setTimeout` waits a millisecond at least, which at every turn is two percent of the time. */
const turn: (resume: () => void) => unknown = globalThis.setImmediate ?? setTimeout;

/**
 * Makes the question whether a long loop should stop.
 *
 * Asked at each step, it lets the event loop turn every 50 ms: backends on the CPU answer at once, and without a turn
 * neither an interruption nor a redraw would come through before the loop ends.
 */
export function watchForStop(signal?: AbortSignal): () => Promise<boolean> {
  let turnedAt = performance.now();
  return async () => {
    if (performance.now() - turnedAt > TURN_MS) {
      await new Promise<void>((resolve) => turn(resolve));
      turnedAt = performance.now();
    }
    return signal?.aborted ?? false;
  };
}
