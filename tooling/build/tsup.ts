import { defineConfig, type Options } from "tsup";

/** How every library package is built: one ES module and one declaration file for each entry. */
export function library(entry: Record<string, string> = { index: "src/index.ts" }): ReturnType<typeof defineConfig> {
  return defineConfig({
    entry,
    format: "esm",
    target: "es2022",
    platform: "neutral",
    // In isolation: a declaration file imports the other packages', it doesn't inline their sources.
    dts: { compilerOptions: { paths: {}, declarationMap: false } },
    sourcemap: true,
    clean: true,
    splitting: true,
    treeshake: true,
  } satisfies Options);
}
