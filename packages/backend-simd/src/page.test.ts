import { expect, it } from "vitest";
import { describeInPage } from "../../../tooling/setup/test-site.js";
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

const ISOLATED = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

const SITE = {
  testUrl: import.meta.url,
  program: PROGRAM,
  headers: (path: string) => (path === "/isolated" ? ISOLATED : {}),
};

describeInPage("the backend in a bundle for pages", SITE, (site) => {
  async function run(path: string): Promise<{ value: number; info: SimdInfo }> {
    const page = await site.browser.newPage();
    await page.goto(site.origin + path);
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
