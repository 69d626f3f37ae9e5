import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { lockFolder } from "./lock-file.js";
import { RunConflictError } from "./run-conflict-error.js";

let folder: string;
let child: ChildProcess | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lock-"));
});
afterEach(() => {
  child?.kill("SIGKILL");
  rmSync(folder, { recursive: true });
});

const lockFile = (): string => join(folder, ".lock");
const writeLock = (holder: object | string): void =>
  writeFileSync(lockFile(), typeof holder === "string" ? holder : JSON.stringify(holder));

describe("lockFolder", () => {
  it("takes a folder, made if need be, until it's given free", async () => {
    const inner = join(folder, "new", "run");
    const unlock = await lockFolder(inner);
    await expect(lockFolder(inner)).rejects.toThrow(RunConflictError);
    await expect(lockFolder(inner)).rejects.toThrow(`process ${process.pid} is at work there`);
    await unlock();
    await (await lockFolder(inner))();
    expect(existsSync(join(inner, ".lock"))).toBe(false);
  });

  it("gives it to one of many that ask at the same moment, also over a lock that nobody holds", async () => {
    for (const stale of [false, true]) {
      if (stale) writeLock({ pid: 2 ** 22 + 1, host: hostname(), started: "" });
      const asked = await Promise.allSettled(Array.from({ length: 20 }, () => lockFolder(folder)));
      const got = asked.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
      expect(got).toHaveLength(1);
      await got[0]?.();
    }
  });

  it("takes over from a process that was killed, and not from one that lives", async () => {
    child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
    const unlock = await lockFolder(folder);
    const mine = JSON.parse(readFileSync(lockFile(), "utf8")) as { host: string; started: string };
    await unlock();
    const started = startOf(child.pid as number, mine.started);
    writeLock({ pid: child.pid, host: hostname(), started });
    await expect(lockFolder(folder)).rejects.toThrow(`process ${child.pid} is at work there`);
    child.kill("SIGKILL");
    await once(child, "exit");
    await (await lockFolder(folder))();
  });

  it.skipIf(process.platform !== "linux")(
    "isn't deceived by a process that got the number of an ended one",
    async () => {
      writeLock({ pid: process.pid, host: hostname(), started: "another-boot 5" });
      await (await lockFolder(folder))();
    },
  );

  it("takes a lock that was only begun to be written for none", async () => {
    writeLock('{"pid":');
    await (await lockFolder(folder))();
  });

  it("leaves another machine's lock alone, and says what to do", async () => {
    writeLock({ pid: 7, host: "elsewhere", started: "" });
    await expect(lockFolder(folder)).rejects.toThrow("process 7 of elsewhere is at work there; if it isn't any more");
    expect(existsSync(lockFile())).toBe(true);
  });
});

/** The start of a process in the form of the lock, whose own start says whether this system has one. */
function startOf(pid: number, own: string): string {
  if (own === "") return "";
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  return `${own.split(" ")[0]} ${stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19]}`;
}
