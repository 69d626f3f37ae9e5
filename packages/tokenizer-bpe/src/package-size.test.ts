import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { expect, it } from "vitest";

const source = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

// As it's published: entries share what they have in common.
const { outputFiles, metafile } = await build({
  entryPoints: ["index.ts", "train.ts", "train-worker.ts"].map(source),
  outdir: source("../dist"),
  bundle: true,
  splitting: true,
  minify: true,
  write: false,
  metafile: true,
  format: "esm",
  platform: "neutral",
});

/** What a page loads that imports an entry: each file gzipped by itself. */
function sizeOf(entry: string): number {
  const files = new Set([entry]);
  for (const file of files) {
    const [, output] = Object.entries(metafile.outputs).find(([path]) => basename(path) === file)!;
    for (const { path } of output.imports) files.add(basename(path));
  }
  const contents = outputFiles.filter(({ path }) => files.has(basename(path)));
  return contents.reduce((sum, { contents }) => sum + gzipSync(contents).length, 0);
}

it("is at most 15 kB, gzipped, without training", () => {
  expect(sizeOf("index.js")).toBeLessThanOrEqual(15_000);
});

it("is at most 20 kB with training", () => {
  expect(sizeOf("train.js")).toBeLessThanOrEqual(20_000);
});
