import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { type Browser, chromium } from "playwright";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findChromium } from "../../../tooling/setup/chromium.mjs";

const PROGRAM = `
  import { trainBpe, trainBpeInWorkers } from "./train.ts";
  globalThis.compare = async (workers) => {
    const texts = Array.from({ length: 3000 }, (_, i) => "she sells " + i + " sea shells by the sea shore 混沌未分天地乱 ".repeat(i % 9));
    const options = { vocabSize: 420, minFrequency: 1 };
    let reports = 0;
    const onProgress = () => reports++;
    const started = [];
    const Plain = Worker;
    globalThis.Worker = class extends Plain { constructor(...args) { super(...args); started.push(this); } };
    const [one, several] = [await trainBpe(texts, options), await trainBpeInWorkers(texts, { ...options, workers, onProgress })];
    globalThis.Worker = Plain;
    return { isEqual: JSON.stringify(one) === JSON.stringify(several), pieces: several.vocabSize, started: started.length, isReported: reports > 0 };
  };
  globalThis.refuse = () => trainBpeInWorkers(["a"], { vocabSize: 420, normalizer: { type: "NFX" } }).catch((error) => error.message);
`;

const executablePath = findChromium();
if (executablePath === undefined) console.warn("No Chromium: training isn't tested in pages. Set CHROMIUM_BIN.");

describe.skipIf(executablePath === undefined)("trainBpeInWorkers in a page", () => {
  let browser: Browser;
  let server: Server;
  let origin: string;

  beforeAll(async () => {
    // As it's published: the program of the workers is a file beside the one that starts them.
    const { outputFiles } = await build({
      entryPoints: [
        { in: "page", out: "page" },
        { in: fileURLToPath(new URL("train-worker.ts", import.meta.url)), out: "train-worker" },
      ],
      plugins: [
        {
          name: "page",
          setup({ onResolve, onLoad }) {
            onResolve({ filter: /^page$/ }, ({ path }) => ({ path, namespace: "page" }));
            onLoad({ filter: /.*/, namespace: "page" }, () => ({
              contents: PROGRAM,
              resolveDir: fileURLToPath(new URL(".", import.meta.url)),
            }));
          },
        },
      ],
      outdir: "/",
      bundle: true,
      write: false,
      format: "esm",
      platform: "browser",
      logLevel: "error",
    });
    server = createServer(({ url }, response) => {
      const file = outputFiles.find(({ path }) => path === url);
      response.writeHead(200, { "Content-Type": file === undefined ? "text/html" : "text/javascript" });
      response.end(file?.text ?? '<!doctype html><script type="module" src="/page.js"></script>');
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  });
  afterAll(async () => {
    await browser?.close();
    server?.close();
  });

  it.each([1, 3])("learns the vocabulary that trainBpe learns, with %i workers", async (workers) => {
    const page = await browser.newPage();
    await page.goto(origin);
    await page.waitForFunction("globalThis.compare");
    expect(await page.evaluate(`globalThis.compare(${workers})`)).toEqual({
      isEqual: true,
      pieces: 420,
      started: workers,
      isReported: true,
    });
    await page.close();
  });

  it("hands on what is wrong", async () => {
    const page = await browser.newPage();
    await page.goto(origin);
    await page.waitForFunction("globalThis.refuse");
    expect(await page.evaluate("globalThis.refuse()")).toContain("normalizer.type");
    await page.close();
  });
});
