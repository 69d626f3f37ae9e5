import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";
import { type Browser, chromium } from "playwright";
import { afterAll, beforeAll, describe } from "vitest";
import { findChromium } from "./chromium.mjs";

export type TestSiteOptions = {
  /** `import.meta.url` of the test; imports are relative to it. */
  readonly testUrl: string;
  /** What a page runs. */
  readonly program: string;
  /** Files, relative to the test, that are bundled by themselves and lie beside the program. */
  readonly files?: readonly string[];
  /** What a path is served with besides its type. */
  readonly headers?: (path: string) => Record<string, string>;
};

export type TestSite = { readonly browser: Browser; readonly origin: string };

/**
 * A suite with a server, at which every path is a page that runs a program, bundled as it's published, and a browser to look at
 * it. Skipped, and says so, where there's no Chromium.
 */
export function describeInPage(title: string, options: TestSiteOptions, suite: (site: TestSite) => void): void {
  const executablePath = findChromium();
  if (executablePath === undefined) console.warn(`No Chromium: skips "${title}". Set CHROMIUM_BIN.`);
  describe.skipIf(executablePath === undefined)(title, () => {
    let browser: Browser | undefined;
    let origin = "";
    const server = createServer();
    beforeAll(async () => {
      const files = await bundle(options);
      server.on("request", ({ url = "/" }, response) => {
        const file = files.get(url);
        response.writeHead(200, {
          "Content-Type": file === undefined ? "text/html; charset=utf-8" : "text/javascript; charset=utf-8",
          ...options.headers?.(url),
        });
        response.end(file ?? `<!doctype html><script type="module" src="/${PROGRAM}.js"></script>`);
      });
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
    });
    afterAll(async () => {
      await browser?.close();
      server.close();
    });
    suite({
      get browser() {
        if (browser === undefined) throw new Error(`${title}: the browser is there in tests only`);
        return browser;
      },
      get origin() {
        return origin;
      },
    });
  });
}

const PROGRAM = "page-program";

/** The program and the files, by their paths on the site. */
async function bundle({ testUrl, program, files = [] }: TestSiteOptions): Promise<Map<string, string>> {
  const resolveDir = fileURLToPath(new URL(".", testUrl));
  const inMemory: Plugin = {
    name: PROGRAM,
    setup({ onResolve, onLoad }) {
      onResolve({ filter: new RegExp(`^${PROGRAM}$`) }, ({ path }) => ({ path, namespace: PROGRAM }));
      onLoad({ filter: /.*/, namespace: PROGRAM }, () => ({ contents: program, resolveDir }));
    },
  };
  const { outputFiles } = await build({
    entryPoints: [PROGRAM, ...files.map((file) => fileURLToPath(new URL(file, testUrl)))].map((file) => ({
      in: file,
      out: file.replace(/^.*\//, "").replace(/\.ts$/, ""),
    })),
    plugins: [inMemory],
    outdir: "/",
    bundle: true,
    write: false,
    format: "esm",
    platform: "browser",
    logLevel: "error",
  });
  return new Map(outputFiles.map(({ path, text }) => [path, text]));
}
