import { readFileSync } from "node:fs";
import { inspect } from "node:util";
import { expect, it } from "vitest";
import * as metrics from "./index.js";

const exported: Record<string, unknown> = metrics;

it("prints in the README's example what its comments say", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const [imports, ...body] = readme
    .match(/```ts\n(.*?)```/su)![1]!
    .trimEnd()
    .split("\n");
  const names = imports!
    .match(/\{(.*)\}/u)![1]!
    .split(",")
    .map((name) => name.trim());
  const printed: string[] = [];
  const log = (value: unknown): number => printed.push(typeof value === "string" ? value : inspect(value));
  new Function(...names, "console", body.join("\n"))(...names.map((name) => exported[name]), { log });
  const expected = body.filter((line) => line.startsWith("// ")).map((line) => line.slice("// ".length));
  expect(printed).toEqual(expected);
  expect(printed.length).toBeGreaterThan(2);
});
