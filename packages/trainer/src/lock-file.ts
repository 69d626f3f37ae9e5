import { mkdir, open, readFile, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { RunConflictError } from "./run-conflict-error.js";

/** In a folder at which a process is at work: which one. */
const LOCK = ".lock";
/** There while a lock that nobody holds any more is replaced, which takes a few calls. */
const REPLACING = ".lock-replacing";

/**
 * Takes a folder for this process alone; it's made if need be. A lock whose process has ended, by a kill or with its
 * machine, doesn't count.
 *
 * @returns Gives the folder free again.
 * @throws RunConflictError if another process holds it, or the lock is another machine's, about which nothing is known.
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, LOCK);
  const mine = JSON.stringify({ pid: process.pid, host: hostname(), started: await startOf(process.pid) });
  if (!(await create(path, mine))) await replaceLock(folder, path, mine);
  return () => rm(path, { force: true });
}

/** Only one process at a time looks at a lock to replace it: else a second one would replace the first one's new lock. */
async function replaceLock(folder: string, path: string, mine: string): Promise<void> {
  const replacing = join(folder, REPLACING);
  if (!(await create(replacing, mine))) {
    throw new RunConflictError(
      `${folder}: another process is taking it over; if there's none, as after a kill in that very moment, remove ${replacing}`,
    );
  }
  try {
    await checkStale(folder, path);
    await rm(path, { force: true });
    if (!(await create(path, mine))) throw new RunConflictError(`${folder}: another process has just taken it`);
  } finally {
    await rm(replacing, { force: true });
  }
}

async function checkStale(folder: string, path: string): Promise<void> {
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return ""; // given free since
    throw error;
  });
  const holder = parseHolder(text);
  // Written in one call; what isn't whole was left by a machine that stopped.
  if (holder === undefined) return;
  if (holder.host !== hostname()) {
    throw new RunConflictError(
      `${folder}: process ${holder.pid} of ${holder.host} is at work there; if it isn't any more, remove ${path}`,
    );
  }
  if (!isAlive(holder.pid) || holder.started !== (await startOf(holder.pid))) return;
  throw new RunConflictError(`${folder}: process ${holder.pid} is at work there; one run at a time writes to a folder`);
}

type Holder = { pid: number; host: string; started: string };

function parseHolder(text: string): Holder | undefined {
  try {
    const { pid, host, started } = JSON.parse(text) as Partial<Holder>;
    const isWhole = Number.isSafeInteger(pid) && typeof host === "string" && typeof started === "string";
    return isWhole ? ({ pid, host, started } as Holder) : undefined;
  } catch {
    return undefined; // not JSON: the write was cut off
  }
}

/** Makes a file that isn't there yet. Returns whether it did. */
async function create(path: string, text: string): Promise<boolean> {
  try {
    const file = await open(path, "wx");
    try {
      await file.writeFile(text);
    } finally {
      await file.close();
    }
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"; // alive, and another user's
  }
}

/**
 * When a process started, in the system's ticks, and on which start of the machine: numbers of processes are given again.
 * Empty where the system has no such file; the number alone has to tell then.
 */
async function startOf(pid: number): Promise<string> {
  try {
    const [stat, boot] = await Promise.all([
      readFile(`/proc/${pid}/stat`, "utf8"),
      readFile("/proc/sys/kernel/random/boot_id", "utf8"),
    ]);
    // The name, in parentheses, may hold anything; the start is the 20th field after it.
    const ticks = stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
    return `${boot.trim()} ${ticks}`;
  } catch {
    return "";
  }
}
