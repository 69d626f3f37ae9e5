import { expect, it } from "vitest";
import { describeInPage } from "../../../tooling/setup/test-site.js";

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

// As it's published: the program of the workers is a file beside the one that starts them.
const SITE = { testUrl: import.meta.url, program: PROGRAM, files: ["train-worker.ts"] };

describeInPage("trainBpeInWorkers in a page", SITE, (site) => {
  it.each([1, 3])("learns the vocabulary that trainBpe learns, with %i workers", async (workers) => {
    const page = await site.browser.newPage();
    await page.goto(site.origin);
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
    const page = await site.browser.newPage();
    await page.goto(site.origin);
    await page.waitForFunction("globalThis.refuse");
    expect(await page.evaluate("globalThis.refuse()")).toContain("normalizer.type");
    await page.close();
  });
});
