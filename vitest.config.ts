import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const root = fileURLToPath(new URL(".", import.meta.url));

/** The sources of the packages stand in for what is built of them, so that a test sees the last edit. */
const alias = [
  { find: "@t5ts/testing", replacement: `${root}tooling/testing/index.ts` },
  { find: /^@t5ts\/([^/]+)\/node$/, replacement: `${root}packages/$1/src/node.ts` },
  { find: /^@t5ts\/([^/]+)$/, replacement: `${root}packages/$1/src/index.ts` },
];

const node = { environment: "node", pool: "forks", testTimeout: 60_000, hookTimeout: 60_000 } as const;

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        resolve: { alias },
        test: { ...node, name: "unit", include: ["packages/*/src/**/*.test.ts", "apps/*/src/**/*.test.ts"] },
      },
      { resolve: { alias }, test: { ...node, name: "vectors", include: ["tooling/vectors/*.test.ts"] } },
      { resolve: { alias }, test: { ...node, name: "edges", include: ["tooling/check/*.test.ts"] } },
    ],
  },
});
