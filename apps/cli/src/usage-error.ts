/** A mistake that the user of the command can mend: a bad option, a file that isn't what it should be. Exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** What the system says of a disk or a machine, and not of what the user named. */
const NOT_THE_USERS: readonly string[] = ["EIO", "EMFILE", "ENFILE", "ENOMEM", "ENOSPC", "EDQUOT"];

/**
 * Does work whose failures mean that what the user gave isn't right, such as parsing a file: they become `UsageError`s
 * with the same message. Failures of the machine and interruptions stay what they are.
 */
export async function readingInput<T>(work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw asUsageError(error);
  }
}

/** The items of a file, where what is wrong with the file is a `UsageError`. */
export async function* inputItems<T>(items: AsyncIterable<T>): AsyncGenerator<T> {
  const iterator = items[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await readingInput(() => iterator.next());
      if (next.done) return;
      yield next.value;
    }
  } finally {
    await iterator.return?.();
  }
}

function asUsageError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof UsageError || error.name === "AbortError") return error;
  if (causes(error).some(({ code }) => NOT_THE_USERS.includes(code ?? ""))) return error;
  return new UsageError(error.message, { cause: error });
}

function causes(error: Error): NodeJS.ErrnoException[] {
  return error.cause instanceof Error ? [error, ...causes(error.cause)] : [error];
}
