import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Runner, RunReply } from "./rounds.js";

/** A program that serves: it does its work once for every line on stdin, and answers with a line of JSON. */
export type BenchCommand = { file: string; args: readonly string[]; env?: NodeJS.ProcessEnv };

export type ProcessOptions = {
  /** How long it may take to get ready, and then for each run. */
  startMs: number;
  runMs: number;
  signal: AbortSignal;
};

/**
 * Starts a program that serves, and waits until it's ready. Its first line is `{"ready": true}`, every further one
 * `{"seconds": …, "peak_rss_mb": …}`; `{"failed": "…"}` ends it. Lines that aren't objects are its own affair.
 *
 * @throws Error with what the program said if it can't do its work, ends or takes too long; so does `run`.
 */
export async function startBenchProcess(command: BenchCommand, options: ProcessOptions): Promise<Runner> {
  const { startMs, runMs, signal } = options;
  const child = spawn(command.file, command.args, { env: { ...process.env, ...command.env }, signal });
  const stop = (): void => void child.kill("SIGKILL");
  const replies = readReplies(child);
  child.stdin.on("error", () => {}); // it has ended, which `replies` tells
  const answer = async (ms: number, doing: string): Promise<Record<string, unknown>> => {
    try {
      const reply = await within(ms, replies(), `${doing} takes more than ${ms / 1000} s`);
      if (typeof reply.failed === "string") throw new Error(reply.failed);
      return reply;
    } catch (error) {
      stop();
      throw error;
    }
  };
  await answer(startMs, "getting ready");
  return {
    async run() {
      child.stdin.write("run\n");
      const reply = await answer(runMs, "a run");
      if (typeof reply.seconds === "number" && reply.seconds > 0) return reply as RunReply;
      throw new Error(`expected seconds above 0, got ${JSON.stringify(reply)}`);
    },
    stop,
  };
}

type ServingProcess = ReturnType<typeof spawn> & { stdin: NodeJS.WritableStream };

/** The objects that a process prints, one at each call. What ends the process early rejects the call. */
function readReplies(child: ServingProcess): () => Promise<Record<string, unknown>> {
  const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]();
  let complaints = "";
  child.stderr?.on("data", (text: Buffer) => {
    complaints = (complaints + text).slice(-2000);
  });
  const end = new Promise<never>((_, reject) => {
    child.once("error", reject);
    child.once("close", (code, killedBy) => {
      const lines = complaints.trim().split("\n");
      const complaint = lines.findLast((line) => /^\S*(error|exception)\b/i.test(line)) ?? lines.at(-1);
      reject(new Error(complaint || `the process ended with ${killedBy ?? `exit code ${code}`}`));
    });
  });
  end.catch(() => {}); // told only to who waits for a reply
  return async () => {
    for (;;) {
      const { value, done } = await Promise.race([lines.next(), end]);
      if (done) return end;
      if (value.startsWith("{")) return JSON.parse(value) as Record<string, unknown>;
    }
  };
}

async function within<T>(ms: number, work: Promise<T>, message: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(message)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
