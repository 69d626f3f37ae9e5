import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { createRequire, isBuiltin } from "node:module";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build, type Plugin } from "esbuild";
import { afterAll } from "vitest";

/** What a run of the program printed, and how it ended. */
export type Run = { code: number | null; stdout: string; stderr: string };

/** Runs `t5` with arguments, in a process of its own, until it ends. */
export async function runT5(args: readonly string[], { input = "", ...place }: RunOptions = {}): Promise<Run> {
  const child = await startT5(args, place);
  child.stdin?.end(input);
  return finished(child);
}

/** `cwd` is where it runs, unless given here. */
export type RunOptions = { input?: string; cwd?: string };

/** Starts `t5` and leaves its stdin open. */
export async function startT5(args: readonly string[], { cwd }: RunOptions = {}): Promise<ChildProcess> {
  bundle ??= bundleProgram();
  const child = spawn(process.execPath, ["--enable-source-maps", await bundle, ...args], {
    cwd,
    env: { ...process.env, NO_COLOR: "1", FORCE_COLOR: undefined, CI: undefined },
  });
  child.stdin?.on("error", () => {}); // a program that ends early doesn't read to the end
  return child;
}

/** What a started run printed, once it has ended. */
export async function finished(child: ChildProcess): Promise<Run> {
  const run: Run = { code: null, stdout: "", stderr: "" };
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    run.stdout += text;
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    run.stderr += text;
  });
  run.code = await new Promise((resolve, reject) => child.once("error", reject).once("close", resolve));
  return run;
}

/**
 * The events of a run with `--json`: every line of stdout has to be one. Those of progress are left out, as it depends
 * on the speed of the machine how many there are.
 */
export function eventsOf({ stdout }: Run): Record<string, unknown>[] {
  const lines = stdout.split("\n");
  if (lines.pop() !== "") throw new Error(`stdout: expected whole lines, got "${stdout.slice(-80)}" at its end`);
  const events = lines.map((line) => {
    const event: unknown = JSON.parse(line);
    if (typeof event !== "object" || event === null || typeof (event as { event?: unknown }).event !== "string") {
      throw new Error(`stdout: expected objects with a text "event", got ${line}`);
    }
    return event as Record<string, unknown>;
  });
  return events.filter(({ event }) => event !== "progress");
}

/** What a run wrote to stderr, less the lines of progress, which only a slow machine sees. */
export function messagesOf({ stderr }: Run): string {
  return stderr.replace(/^\S+ {2}.* {2}time .*\n/gm, "");
}

const root = fileURLToPath(new URL("../../../..", import.meta.url));

const folder = `${root}apps/cli/node_modules/.cache/t5-test-${process.pid}`;

let bundle: Promise<string> | undefined;

afterAll(() => {
  bundle = undefined;
  rmSync(folder, { recursive: true, force: true });
});

/** The program made of the sources of all packages, as they are now, so that a test sees the last edit. */
async function bundleProgram(): Promise<string> {
  mkdirSync(folder, { recursive: true });
  await build({
    entryPoints: [`${root}apps/cli/src/t5.ts`],
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node20",
    sourcemap: true,
    logLevel: "error",
    plugins: [fromSources],
  });
  return `${folder}/t5.mjs`;
}

/** Our packages are taken from their sources; others are left where the package that imports them finds them. */
const fromSources: Plugin = {
  name: "from-sources",
  setup({ onResolve }) {
    onResolve({ filter: /^@t5ts\// }, ({ path }) => {
      const [, name, subpath] = path.split("/");
      return { path: `${root}packages/${name}/src/${subpath ?? "index"}.ts` };
    });
    onResolve({ filter: /^[^./]/ }, ({ path, importer, kind }) => {
      if (kind === "entry-point" || isBuiltin(path)) return undefined;
      return { path: pathToFileURL(createRequire(importer).resolve(path)).href, external: true };
    });
  },
};
