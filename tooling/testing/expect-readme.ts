import { expect, vi } from "vitest";

/**
 * Checks that a README shows a program and, below it, what it prints.
 *
 * The program is also `testing/readme.ts` beside the test, so that it's type-checked and can be run.
 *
 * @param testUrl `import.meta.url` of the test, in `src`.
 * @param run Imports the program.
 */
export async function expectReadmeProgram(testUrl: string, run: () => Promise<unknown>): Promise<void> {
  const { inspect } = await import("node:util"); // here, since tests in a page import this module as well
  const [, program, output] = /```ts\n(.*?)```\n+```\n(.*?)```/s.exec(await readText("../README.md", testUrl)) ?? [];
  expect(program, "the first program of the README").toBe(await readText("testing/readme.ts", testUrl));
  const printed: string[] = [];
  const text = (value: unknown): string => (typeof value === "string" ? value : inspect(value));
  const log = vi.spyOn(console, "log").mockImplementation((...values) => void printed.push(values.map(text).join(" ")));
  try {
    await run();
  } finally {
    log.mockRestore();
  }
  expect(printed.join("\n")).toBe(output?.trimEnd());
}

/** Checks that a README names everything that the modules export, types aside. */
export async function expectReadmeTable(testUrl: string, ...modules: object[]): Promise<void> {
  const readme = await readText("../README.md", testUrl);
  const names = modules.flatMap((module) => Object.keys(module));
  expect(names.filter((name) => !readme.includes(`\`${name}\``))).toEqual([]);
}

async function readText(path: string, base: string): Promise<string> {
  const { readFile } = await import("node:fs/promises");
  return readFile(new URL(path, base), "utf8");
}
