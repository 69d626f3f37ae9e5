/**
 * A run and the checkpoints that it was given don't go together: they are another run's, there are some where a new run
 * was to begin, there are none to go on from, or another process is at work on them. Nothing was changed.
 */
export class RunConflictError extends Error {
  override readonly name = "RunConflictError";
}
