import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { type Browser, chromium } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findChromium } from "../../../tooling/setup/chromium.mjs";
import type { SimdInfo } from "./index.js";

const PROGRAM = `
  import * as tf from "@tensorflow/tfjs-core";
  import { registerSimdBackend, simdInfo } from "./index.ts";
  globalThis.run = async () => {
    await registerSimdBackend();
    await tf.setBackend("simd");
    const x = tf.ones([600, 600]);
    tf.matMul(x, x).dispose();
    await new Promise((resolve) => setTimeout(resolve, 300));
    const [last] = tf.slice(tf.cumsum(tf.sum(tf.matMul(x, x), 0)), 599, 1).dataSync(); // cumsum: the CPU backend's
    return { value: last, info: simdInfo() };
  };
`;

const executablePath = findChromium();
if (executablePath === undefined) console.warn("No Chromium: the backend isn't tested in pages. Set CHROMIUM_BIN.");

describe.skipIf(executablePath === undefined)("the backend in a bundle for pages", () => {
  let browser: Browser;
  let server: Server;
  let origin: string;

  beforeAll(async () => {
    const { outputFiles } = await build({
      stdin: { contents: PROGRAM, resolveDir: fileURLToPath(new URL(".", import.meta.url)) },
      bundle: true,
      write: false,
      format: "esm",
      platform: "browser",
      logLevel: "error",
    });
    const script = outputFiles[0]!.text;
    server = createServer(({ url }, response) => {
      const isIsolated = url === "/isolated";
      response.writeHead(200, {
        "Content-Type": "text/html; charset=utf-8",
        ...(isIsolated && {
          "Cross-Origin-Opener-Policy": "same-origin",
          "Cross-Origin-Embedder-Policy": "require-corp",
        }),
      });
      response.end(`<!doctype html><script type="module">${script.replaceAll("</script", "<\\/script")}</script>`);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  });
  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  async function run(path: string): Promise<{ value: number; info: SimdInfo }> {
    const page = await browser.newPage();
    await page.goto(origin + path);
    const result = await page.evaluate(() => (globalThis as unknown as { run(): Promise<unknown> }).run());
    await page.close();
    return result as { value: number; info: SimdInfo };
  }

  it("runs on one thread where the page isn't isolated, and says so", async () => {
    const { value, info } = await run("/");
    expect(value).toBe(600 ** 3);
    expect(info).toMatchObject({ threads: 1, sharedMemory: false, relaxedSimd: true });
    expect(info.reasonForThreads).toBe(
      "the page isn't cross-origin isolated, so memory can't be shared between threads",
    );
  });

  it("shares memory where it is", async () => {
    const { value, info } = await run("/isolated");
    expect(value).toBe(600 ** 3);
    expect(info).toMatchObject({ sharedMemory: true, relaxedSimd: true });
  });
});
