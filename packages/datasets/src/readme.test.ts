import { readFileSync } from "node:fs";
import * as random from "@t5ts/random";
import { expect, it } from "vitest";
import * as datasets from "./index.js";

const README = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const PACKAGES: Record<string, object> = { "@t5ts/datasets": datasets, "@t5ts/random": random };

it.each([...README.matchAll(/```ts\n(.*?)```\n+```\n(.*?)```/gs)].map(([, program, output]) => [program!, output!]))(
  "a program in the README prints what stands below it: %#",
  async (program, output) => {
    const printed: string[] = [];
    const body = program.replace(/import (\{[^}]+\}) from "([^"]+)";/g, 'const $1 = packages["$2"];');
    const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor;
    await new AsyncFunction("packages", "console", body)(PACKAGES, {
      log: (...values: unknown[]) => printed.push(values.join(" ")),
    });
    expect(printed.join("\n")).toBe(output.trimEnd());
  },
);

it("every function and constant is in the README's table", () => {
  const names = Object.keys(datasets).filter((name) => !README.includes(`\`${name}\``));
  // Five noise functions stand for the rest behind "…".
  expect(names.sort()).toEqual([
    "CONLL_U",
    "IOB2",
    "TOKEN_TAG",
    "dropNonnoiseTokens",
    "noiseSpanToSentinel",
    "noiseTokenToGatheredToken",
    "noiseTokenToRandomToken",
    "noiseTokenToRandomTokenOrSentinel",
    "nonnoiseSpanToSentinel",
    "nonnoiseSpanToUniqueSentinel",
    "t5RandomIds",
  ]);
});
