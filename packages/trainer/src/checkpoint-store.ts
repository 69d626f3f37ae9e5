import { type ByteSink, type ByteSource, bytesSink, bytesSource } from "@t5ts/tensor-core";
import { RunConflictError } from "./run-conflict-error.js";

/** Where checkpoints are kept. Each is a set of named files that is there as a whole or not at all. */
export type CheckpointStore = {
  /**
   * Takes the store for one run, before anything in it is looked at or changed.
   *
   * @returns Gives it free again.
   * @throws RunConflictError if another run has it.
   */
  lock(): Promise<() => Promise<void>>;
  /**
   * Adds a checkpoint, the newest from now on.
   *
   * @param write Makes the files. When it throws, or the program ends, before the last is closed, there's no checkpoint.
   * @returns The checkpoint's name.
   */
  save(step: number, write: (create: (fileName: string) => Promise<ByteSink>) => Promise<void>): Promise<string>;
  /** The names of all checkpoints, the newest first. */
  list(): Promise<string[]>;
  /**
   * Gives access to the files of a checkpoint, once it has proved to be whole.
   *
   * @throws Error naming the file that is missing, damaged or not a part of the checkpoint.
   */
  open(name: string): Promise<(fileName: string) => Promise<ByteSource>>;
  remove(name: string): Promise<void>;
};

/** Checkpoints in memory: for tests, and for pages that offer them as a download. */
export function memoryStore(): CheckpointStore {
  const checkpoints = new Map<string, Map<string, Uint8Array>>();
  let saved = 0;
  let isLocked = false;
  return {
    async lock() {
      if (isLocked) throw new RunConflictError("memoryStore: another run is at work on it");
      isLocked = true;
      return async () => {
        isLocked = false;
      };
    },
    async save(step, write) {
      const name = checkpointName(saved + 1, step);
      const files = new Map<string, Uint8Array>();
      await write(async (fileName) => {
        const sink = bytesSink();
        return {
          ...sink,
          async close() {
            files.set(fileName, sink.bytes());
          },
        };
      });
      saved++;
      checkpoints.set(name, files);
      return name;
    },
    async list() {
      return sortCheckpointNames([...checkpoints.keys()]);
    },
    async open(name) {
      const files = checkpoints.get(name);
      if (files === undefined) throw new Error(`memoryStore: lacks the checkpoint "${name}"`);
      return async (fileName) => {
        const bytes = files.get(fileName);
        if (bytes === undefined) throw new Error(`${name}: lacks ${fileName}`);
        return bytesSource(`${name}/${fileName}`, bytes);
      };
    },
    async remove(name) {
      checkpoints.delete(name);
    },
  };
}

/**
 * `000012-step-6000`. The number of the save comes first: going on from an older checkpoint, a run saves at smaller
 * steps than some that are there, and those are still the newest.
 */
export function checkpointName(number: number, step: number): string {
  return `${String(number).padStart(6, "0")}-step-${step}`;
}

/** The number of the save in a name of `checkpointName`, or undefined for any other name. */
export function checkpointNumber(name: string): number | undefined {
  const match = /^(\d{6,})-step-\d+$/.exec(name);
  return match ? Number(match[1]) : undefined;
}

/** Reads the step from a name of `checkpointName`. */
export function checkpointStep(name: string): number {
  return Number(name.slice(name.lastIndexOf("-") + 1));
}

/** Those of `names` that are checkpoints', the newest first. */
export function sortCheckpointNames(names: readonly string[]): string[] {
  return names
    .filter((name) => checkpointNumber(name) !== undefined)
    .sort((a, b) => checkpointNumber(b)! - checkpointNumber(a)!);
}
