/** Work without a pause that a page doesn't notice much, and long enough that the pauses don't count. */
const TURN_MS = 50;

/** Lets long work return to the event loop now and then. */
export type Turns = {
  isOver(): boolean;
  /** @throws the signal's reason, once it's aborted. */
  next(): Promise<void>;
};

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
