import { fileURLToPath } from "node:url";
import { playwright } from "@vitest/browser-playwright";
import { defineConfig, type TestProjectConfiguration, type ViteUserConfig } from "vitest/config";
import { findChromium } from "./tooling/setup/chromium.mjs";

const root = fileURLToPath(new URL(".", import.meta.url));

/** The sources of the packages stand in for what is built of them, so that a test sees the last edit. */
const alias = [
  { find: "@t5ts/testing/readme", replacement: `${root}tooling/testing/expect-readme.ts` },
  { find: "@t5ts/testing", replacement: `${root}tooling/testing/index.ts` },
  { find: /^@t5ts\/([^/]+)\/(node|train|batch)$/, replacement: `${root}packages/$1/src/$2.ts` },
  { find: /^@t5ts\/([^/]+)$/, replacement: `${root}packages/$1/src/index.ts` },
];

const node = { environment: "node", pool: "forks", testTimeout: 60_000, hookTimeout: 60_000 } as const;

/** Tests in a page, where there is a Chromium; `npm test` says loudly when there's none. */
function browserProject(): TestProjectConfiguration[] {
  const executablePath = findChromium();
  if (executablePath === undefined) return [];
  // Without these, Chromium looks for its makers' servers at every start.
  const quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--no-first-run"];
  const provider = playwright({
    launchOptions: { executablePath, args: ["--no-sandbox", "--disable-quic", ...quiet] },
  });
  return [
    {
      resolve: { alias },
      // Memory that threads share needs a page that is isolated from others.
      server: {
        headers: { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" },
      },
      test: {
        name: "browser",
        include: ["packages/*/src/**/*.browser-test.ts"],
        testTimeout: 60_000,
        browser: {
          enabled: true,
          headless: true,
          screenshotFailures: false,
          provider,
          instances: [{ browser: "chromium" }],
        },
      },
    },
  ];
}

const config: ViteUserConfig = defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        resolve: { alias },
        test: { ...node, name: "unit", include: ["packages/*/src/**/*.test.ts", "apps/*/src/**/*.test.ts"] },
      },
      { resolve: { alias }, test: { ...node, name: "vectors", include: ["tooling/vectors/*.test.ts"] } },
      { resolve: { alias }, test: { ...node, name: "edges", include: ["tooling/check/*.test.ts"] } },
      ...browserProject(),
    ],
  },
});

export default config;
