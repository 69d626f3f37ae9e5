import { defineConfig } from "tsup";

export default defineConfig({
  entry: { t5: "src/t5.ts" },
  format: "esm",
  target: "node20",
  platform: "node",
  sourcemap: true,
  clean: true,
});
