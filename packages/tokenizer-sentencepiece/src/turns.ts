/** Work in turns: between them others get the event loop. */
export type Turns = {
  /** Whether it's time for a pause. */
  isOver(): boolean;
  /** Waits until it's our turn again; throws the signal's reason if it was aborted. */
  next(): Promise<void>;
};

/** Work without a pause that a page doesn't notice much, and long enough that the pauses don't count. */
const TURN_MS = 50;

export function takeTurns(signal: AbortSignal | undefined): Turns {
  signal?.throwIfAborted();
  let started = performance.now();
  return {
    isOver: () => performance.now() - started > TURN_MS,
    async next() {
      await new Promise((resolve) => setTimeout(resolve, 0));
      signal?.throwIfAborted();
      started = performance.now();
    },
  };
}
