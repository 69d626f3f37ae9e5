import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { openTokenizer } from "../files/tokenizer-file.js";
import { startBenchProcess } from "./bench-process.js";
import { findClone } from "./clone.js";
import type { BenchJob } from "./job.js";
import { findPeers } from "./peers.js";
import type { RunReply } from "./rounds.js";
import { withTokenizerFiles } from "./tokenizer-files.js";
import { selectWork, type Work } from "./work.js";

const benchFolder = findClone()?.benchFolder as string;
const folder = mkdtempSync(join(tmpdir(), "t5-peers-"));
afterAll(() => rmSync(folder, { recursive: true }));

const limits = { startMs: 50_000, runMs: 50_000, signal: new AbortController().signal };

/** What every peer of npm that is installed answers to a job; by its name, without the version. */
async function answers(
  work: Work,
  files: Pick<BenchJob, "tokenizerFile" | "modelFile" | "textFile"> = {},
): Promise<Record<string, RunReply>> {
  const { contenders } = await findPeers([work], benchFolder);
  const replies: Record<string, RunReply> = {};
  for (const { peer, backend, command } of contenders.filter(({ peer }) => !peer.startsWith("pytorch"))) {
    const runner = await startBenchProcess(await command({ ...work, ...files, backend, threads: 1 }), limits);
    replies[peer.split(" ")[0] as string] = await runner.run();
    runner.stop();
  }
  return replies;
}

// `npm test` leaves them out, since they're half a gigabyte; `npm run bench` installs them.
const areInstalled = existsSync(join(benchFolder, "node_modules/@jax-js"));
if (!areInstalled) console.warn("NOT COVERED: the peers of `t5 bench` aren't installed; npm run bench installs them");

describe.skipIf(!areInstalled)("the peers in tooling/bench", () => {
  it("multiply", async () => {
    const gemm = { layout: "nt", batch: 2, m: 8, k: 4, n: 16 } as const;
    const replies = await answers({ kind: "gemm", what: "gemm_nt", size: "2x8x4x16", gemm });
    expect(Object.keys(replies)).toEqual(["tfjs", "jax-js"]);
    for (const { seconds } of Object.values(replies)) expect(seconds).toBeGreaterThan(0);
  });

  it("make the same number of tokens as we do of the same vocabulary", async () => {
    const lines = [
      "What is built already, is built already.",
      "",
      "Ein Bär und 42 Äpfel 🍎 – 熊",
      "it's I'LL 1234567  x",
    ];
    const textFile = join(folder, "text.txt");
    writeFileSync(textFile, lines.join("\n"));
    const bytes = Buffer.byteLength(lines.join("\n"));
    const clone = findClone()!;
    const signal = new AbortController().signal;
    const replies: Record<string, Record<string, RunReply>> = {};
    for (const work of selectWork({ only: ["tokenizer"] })) {
      if (work.kind !== "tokenizer" || work.tokenizer === "train") continue;
      await withTokenizerFiles(work.tokenizer, clone, { vocabSize: 8000, signal }, async (files) => {
        const ours = await openTokenizer(files.modelFile ?? files.tokenizerFile!);
        const tokens = lines.reduce((sum, line) => sum + ours.encode(line, { addSpecialTokens: false }).length, 0);
        replies[work.tokenizer] = await answers(work, { ...files, textFile });
        for (const [peer, reply] of Object.entries(replies[work.tokenizer]!)) {
          // Unigrams of a tokenizer.json cut at spaces first; those of the wasm builds don't know padding.
          expect({ peer, ...reply }, work.what).toMatchObject({ peer, bytes, tokens });
        }
      });
    }
    expect(Object.fromEntries(Object.entries(replies).map(([kind, of]) => [kind, Object.keys(of)]))).toEqual({
      bpe: ["tokenizers", "@huggingface/tokenizers", "kitoken"],
      cl100k: ["tokenizers", "@huggingface/tokenizers", "kitoken", "gpt-tokenizer", "tiktoken"],
      unigram: ["tokenizers", "@huggingface/tokenizers", "kitoken", "@sctg/sentencepiece-js"],
    });
  });

  it("are given the relative positions that T5 has", async () => {
    const { positionBuckets } = (await import(join(benchFolder, "position-buckets.mjs"))) as {
      positionBuckets(queries: number, keys: number, isBidirectional: boolean): Int32Array;
    };
    const [before, after] = [
      [0, 1, 7, 8, 16, 32, 64, 128, 199],
      [1, 7, 8, 16, 32, 64, 128, 199],
    ];
    // Both ways: 8 exact, then 8 + ⌊log₁₆(distance / 8) · 8⌋, and 16 more for what comes after.
    const both = positionBuckets(200, 200, true);
    expect(before.map((distance) => both[199 * 200 + 199 - distance])).toEqual([0, 1, 7, 8, 10, 12, 14, 15, 15]);
    expect(after.map((distance) => both[distance])).toEqual([17, 23, 24, 26, 28, 30, 31, 31]);
    // The past: 16 exact, then 16 + ⌊log₈(distance / 16) · 16⌋, and none for what comes after.
    const past = positionBuckets(200, 200, false);
    expect(before.map((distance) => past[199 * 200 + 199 - distance])).toEqual([0, 1, 7, 8, 16, 21, 26, 31, 31]);
    expect(after.map((distance) => past[distance])).toEqual(after.map(() => 0));
    // One query, at the end of its keys.
    const all = Array.from(positionBuckets(9, 9, false));
    expect(Array.from(positionBuckets(1, 9, false))).toEqual(all.slice(-9));
  });
});
