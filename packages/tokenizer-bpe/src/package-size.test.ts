import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { expect, it } from "vitest";

/** What a page that imports `entry` loads in all, minified and gzipped. */
async function sizeOf(entry: string): Promise<number> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(entry, import.meta.url))],
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    platform: "neutral",
  });
  return gzipSync(outputFiles[0]!.contents).length;
}

it("is at most 15 kB, gzipped, without training", async () => {
  expect(await sizeOf("index.ts")).toBeLessThanOrEqual(15_000);
});

it("is at most 19 kB with training", async () => {
  expect(await sizeOf("train.ts")).toBeLessThanOrEqual(19_000);
});
