import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { expect, it } from "vitest";

it("adds at most 50 kB, gzipped, to a page that has tfjs", async () => {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("index.ts", import.meta.url))],
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    external: ["@tensorflow/*"],
  });
  expect(gzipSync(outputFiles[0]!.contents).length).toBeLessThan(50_000);
});
