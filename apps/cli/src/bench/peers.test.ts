import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { findClone } from "./clone.js";
import { findPeers } from "./peers.js";
import { selectWork } from "./work.js";

const root = mkdtempSync(join(tmpdir(), "t5-clone-"));
const bench = join(root, "tooling", "bench");
afterAll(() => rmSync(root, { recursive: true }));

mkdirSync(join(bench, "node_modules", "tokenizers"), { recursive: true });
writeFileSync(join(bench, "package.json"), '{ "name": "@t5ts/bench" }');
writeFileSync(join(bench, "node_modules", "tokenizers", "package.json"), '{ "version": "0.23.2" }');

const tokenizing = selectWork({ only: ["tokenizer"] });

describe("findClone", () => {
  it("finds the clone that a folder is in", () => {
    const inner = join(root, "apps", "cli", "dist");
    mkdirSync(inner, { recursive: true });
    expect(findClone(inner)).toEqual({ benchFolder: bench, dataFolder: join(root, "data") });
    expect(findClone(tmpdir())).toBeUndefined();
  });
});

describe("findPeers", () => {
  it("takes those that are installed, and names those that aren't", async () => {
    const { contenders, missing } = await findPeers(tokenizing, bench);
    expect(contenders.map(({ peer, backend }) => [peer, backend])).toEqual([["tokenizers 0.23.2", "native"]]);
    expect(missing).toEqual([
      {
        names: ["@huggingface/tokenizers", "kitoken", "gpt-tokenizer", "tiktoken", "@sctg/sentencepiece-js"],
        reason: "not installed in tooling/bench",
      },
    ]);
  });

  it("names all of them at once where there's no clone", async () => {
    const { contenders, missing } = await findPeers(selectWork({}), undefined);
    expect(contenders).toEqual([]);
    expect(missing).toEqual([
      {
        names: [
          "tfjs",
          "jax-js",
          "onnxruntime-node",
          "onnxruntime-web",
          "tokenizers",
          "@huggingface/tokenizers",
          "kitoken",
          "gpt-tokenizer",
          "tiktoken",
          "@sctg/sentencepiece-js",
          "pytorch",
        ],
        reason: "they're looked for in a clone of the repository, in tooling/bench",
      },
    ]);
  });

  it("starts them with the job, and libraries of native code with its threads", async () => {
    const [work] = tokenizing;
    const { contenders } = await findPeers(tokenizing, bench);
    const job = { ...work!, backend: "native", threads: 1, textFile: "text.txt" };
    expect(await contenders[0]!.command(job)).toEqual({
      file: process.execPath,
      args: [join(bench, "tokenizers.mjs"), "tokenizers", JSON.stringify(job)],
      env: { OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1", OMP_WAIT_POLICY: "passive" },
    });
  });
});
