import { readFileSync } from "node:fs";
import { inspect } from "node:util";
import { expect, it, vi } from "vitest";
import * as batch from "./batch.js";
import * as tokenizer from "./index.js";
import * as training from "./train.js";

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");
const README = read("../README.md");

it("has a program in the README that prints what stands below it", async () => {
  const [, program, output] = /```ts\n(.*?)```\n+```\n(.*?)```/s.exec(README)!;
  expect(program).toBe(read("testing/readme.ts"));
  const printed: string[] = [];
  const text = (value: unknown): string => (typeof value === "string" ? value : inspect(value));
  const log = vi.spyOn(console, "log").mockImplementation((value) => void printed.push(text(value)));
  await import("./testing/readme.js");
  log.mockRestore();
  expect(printed.join("\n")).toBe(output!.trimEnd());
});

it("has every function in the README's table", () => {
  expect([tokenizer, batch, training].flatMap(Object.keys).filter((name) => !README.includes(`\`${name}\``))).toEqual(
    [],
  );
});
