import { copyFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createRng } from "@t5ts/random";
import { trainBpe } from "@t5ts/tokenizer-bpe/train";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeFolder } from "../testing/reversing-model.js";
import { eventsOf, finished, type Run, runT5, startT5 } from "../testing/run-t5.js";

const { folder, remove } = makeFolder();

/** Words to be written backwards: a task that a tiny model begins to learn in seconds. */
beforeAll(async () => {
  const rng = createRng(1);
  const word = (): string => Array.from({ length: 3 + rng.integer(3) }, () => "abcdef"[rng.integer(6)]).join("");
  const records = Array.from({ length: 400 }, () => {
    const input = word();
    return { input, target: [...input].reverse().join("") };
  });
  writeFileSync(join(folder, "words.jsonl"), records.map((record) => `${JSON.stringify(record)}\n`).join(""));
  const tokenizer = await trainBpe(
    records.map(({ input }) => input),
    { vocabSize: 384, sentinels: 10 },
  );
  writeFileSync(join(folder, "tokenizer.json"), JSON.stringify(tokenizer));
});
afterAll(remove);

function writeRun(name: string, changes: Record<string, unknown> = {}): string {
  const size = {
    d_model: 16,
    d_kv: 8,
    d_ff: 32,
    num_layers: 1,
    num_decoder_layers: 1,
    num_heads: 2,
    dropout_rate: 0.1,
  };
  const task = { kind: "text", name: "words", file: "words.jsonl", input: "input", target: "target" };
  const run = {
    output: name,
    tokenizer: "tokenizer.json",
    model: { preset: "t5-tiny", config: size },
    tasks: [task],
    batchSize: 8,
    inputLength: 16,
    targetLength: 16,
    steps: 14,
    optimizer: { kind: "adamw", isRmsScaled: true },
    schedule: { learningRate: 0.05, warmupSteps: 5 },
    ...changes,
  };
  const path = join(folder, `${name}.json`);
  writeFileSync(path, JSON.stringify(run));
  return path;
}

const train = (path: string, ...options: string[]): Promise<Run> =>
  runT5(["train", path, "--json", "--backend", "wasm", "--seed", "3", ...options]);

const losses = (run: Run): number[] =>
  eventsOf(run)
    .filter(({ event }) => event === "step")
    .map(({ loss }) => loss as number);

describe("t5 train", () => {
  it("goes on after Ctrl-C as if nothing had happened, to the bit", async () => {
    const whole = await train(writeRun("whole"));
    expect(whole.code, whole.stderr).toBe(0);
    const expected = losses(whole);
    expect(expected.length).toBe(14);
    expect(expected.at(-1)).toBeLessThan(expected[0] as number);

    const path = writeRun("stopped");
    const child = await startT5(["train", path, "--json", "--backend", "wasm", "--seed", "3"]);
    child.stdout?.on("data", (text: string) => {
      if (/"step":7\b/.test(text)) child.kill("SIGINT");
    });
    const stopped = await finished(child);
    expect(stopped.code).toBe(130);
    const first = losses(stopped);
    expect(first.length).toBeGreaterThanOrEqual(7);
    expect(first.length).toBeLessThan(14);

    const resumed = await train(path, "--resume");
    expect(resumed.code, resumed.stderr).toBe(0);
    expect([...first, ...losses(resumed)]).toEqual(expected);
  });

  it("holds as many tensors after a hundred steps as after the first", async () => {
    const counts = eventsOf(await train(writeRun("counted", { steps: 110 })))
      .filter(({ event }) => event === "step")
      .map(({ tensors }) => tensors);
    expect(new Set(counts).size).toBe(1);
  });

  it("leaves a model that generate opens", async () => {
    expect(readdirSync(join(folder, "whole")).sort()).toEqual([
      "checkpoints",
      "config.json",
      "events.ndjson",
      "model.safetensors",
      "tokenizer.json",
    ]);
    const { code, stderr } = await runT5(["generate", "--model", join(folder, "whole"), "abc", "--backend", "cpu"]);
    expect(code, stderr).toBe(0);
  });

  it("trains task layers, classifiers and learned loss weights together", async () => {
    mkdirSync(join(folder, "texts"), { recursive: true });
    const sentences = Array.from({ length: 60 }, (_, i) => `The ${i} fed cab bad. A bead faced a decade.`).join("\n");
    writeFileSync(join(folder, "texts", "a.txt"), sentences);
    writeFileSync(join(folder, "texts", "b.txt"), sentences.replaceAll("bad", "fab"));
    const files = ["texts/a.txt", "texts/b.txt"];
    const words = { name: "words", file: "words.jsonl", input: "input", target: "target" };
    const run = await train(
      writeRun("joint", {
        tasks: [
          { kind: "text", ...words, taskLayer: { kind: "adapter", dBottleneck: 4 } },
          { kind: "next-sentence", name: "next", files },
          { kind: "masked-lm", name: "masked", files },
          { kind: "span-corruption", name: "spans", files },
        ],
        mixing: { temperature: 4 },
        inputLength: 48,
        steps: 6,
        learnsLossWeights: true,
        evaluation: { everySteps: 6, limit: 16, tasks: [{ kind: "next-sentence", name: "held out", files }] },
      }),
    );
    expect(run.code, run.stderr).toBe(0);
    const events = eventsOf(run);
    const parts = events.flatMap(({ parts }) => Object.keys((parts as object | undefined) ?? {}));
    expect(new Set(parts)).toContain("weight.nextSentence");
    expect(new Set(parts)).toContain("maskedLanguageModel");
    const evaluation = events.find(({ event }) => event === "evaluation")?.metrics as Record<string, number>;
    expect(Object.keys(evaluation)).toEqual(["held out/loss", "held out/accuracy"]);
  });

  it.each([
    ["a field of the wrong kind", { steps: "many" }, /steps: .*expected number/],
    ["an unknown field", { stepz: 3 }, /stepz/],
    ["an unknown task kind", { tasks: [{ kind: "poetry", name: "x" }] }, /tasks\[0\]\.kind/],
    ["a missing data file", { tasks: [{ kind: "summarization", name: "x", file: "none.jsonl" }] }, /none\.jsonl/],
    [
      "an unknown value of the model's config",
      { model: { config: { feed_forward_proj: "swish2" } } },
      /feed_forward_proj/,
    ],
    [
      "an unknown field of the model's config",
      { model: { config: { dmodel: 64 } } },
      /model\.config\.dmodel: expected a field that describes a T5.*; did you mean "d_model"\?/,
    ],
    [
      "a field that only transformers knows",
      { model: { config: { use_cache: false } } },
      /model\.config\.use_cache: expected a field that describes a T5/,
    ],
    ["a missing tokenizer", { tokenizer: "no.json" }, /no\.json/],
  ])("names %s, with exit code 2", async (name, changes, message) => {
    const { code, stderr } = await train(writeRun(name.replaceAll(/\W/g, "-"), changes));
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(code).toBe(2);
  });

  it("refuses to begin in a folder that holds a run or a model, and changes nothing", async () => {
    const stopped = join(folder, "stopped");
    const kept = readdirSync(join(stopped, "checkpoints"));
    const again = await train(writeRun("stopped", { steps: 3 }));
    expect(again.stderr).toMatch(/stopped: holds a run, up to 00000\d-step-14; go on with --resume, begin anew with/);
    expect(again.code).toBe(2);
    const rest = ["config.json", "model.safetensors", "tokenizer.json"];
    mkdirSync(join(folder, "only-model"), { recursive: true });
    for (const name of rest) copyFileSync(join(stopped, name), join(folder, "only-model", name));
    const over = await train(writeRun("only-model", { steps: 3 }));
    expect(over.stderr).toMatch(/only-model: holds a model \(config\.json\); begin anew with --overwrite/);
    expect(over.code).toBe(2);
    expect(readdirSync(join(stopped, "checkpoints"))).toEqual(kept);
  });

  it("refuses to resume where there's nothing to resume", async () => {
    const { code, stderr } = await train(writeRun("nothing"), "--resume");
    expect(stderr).toMatch(/nothing: expected a checkpoint to resume from, but it holds none/);
    expect(code).toBe(2);
    expect(existsSync(join(folder, "nothing"))).toBe(false);
    expect((await train(writeRun("nothing"), "--resume", "--overwrite")).code).toBe(2);
  });

  it("begins anew with --overwrite, and removes nothing but the run", async () => {
    const path = writeRun("anew", { steps: 7 });
    await train(path);
    writeFileSync(join(folder, "anew", "notes.txt"), "mine");
    writeFileSync(join(folder, "anew", "checkpoints", "notes.txt"), "mine");
    const again = await train(writeRun("anew", { steps: 6 }), "--overwrite");
    expect(again.code, again.stderr).toBe(0);
    expect(again.stderr).toMatch(/anew: removed 1 checkpoint\(s\), up to 000001-step-7/);
    expect(readdirSync(join(folder, "anew", "checkpoints")).sort()).toEqual(["000001-step-6", "notes.txt"]);
    expect(readdirSync(join(folder, "anew"))).toContain("notes.txt");
  });

  it("refuses a second process on one folder, and takes over from a killed one", async () => {
    const path = writeRun("shared", { steps: 400, checkpoints: { everySteps: 2 } });
    const first = await startT5(["train", path, "--json", "--backend", "wasm", "--seed", "3"]);
    const ended = finished(first);
    await new Promise<void>((resolve) => {
      first.stdout?.on("data", (text: string) => {
        if (text.includes('"event":"saved"')) resolve();
      });
    });
    const second = await train(path, "--resume");
    expect(second.stderr).toMatch(/process \d+ is at work there/);
    expect(second.code).toBe(2);
    first.kill("SIGKILL");
    await ended;
    const resumed = await train(writeRun("shared", { steps: 402, checkpoints: { everySteps: 200 } }), "--resume");
    expect(resumed.code, resumed.stderr).toBe(0);
    expect(eventsOf(resumed).find(({ event }) => event === "resumed")).toBeDefined();
  });

  it.each(["SIGTERM", "SIGHUP"] as const)("saves when it's told to end by %s", async (signal) => {
    const path = writeRun(`ended-by-${signal}`, { steps: 400 });
    const child = await startT5(["train", path, "--json", "--backend", "wasm", "--seed", "3"]);
    child.stdout?.on("data", (text: string) => {
      if (/"event":"step","run":"train","step":3\b/.test(text)) child.kill(signal);
    });
    const stopped = await finished(child);
    expect(stopped.code).toBe(130);
    expect(eventsOf(stopped).some(({ event }) => event === "saved")).toBe(true);
  });

  it("exits with 1 when training itself fails", async () => {
    const path = writeRun("diverges", { schedule: { kind: "constant", learningRate: 1e30 }, clipNorm: 1e30 });
    const { code, stderr } = await train(path);
    expect(stderr).toMatch(/trainStep: step \d+: expected/);
    expect(code).toBe(1);
  });

  it("refuses to go on with another configuration, and leaves the checkpoints as they were", async () => {
    const checkpoints = readdirSync(join(folder, "stopped", "checkpoints"));
    const { code, stderr } = await train(writeRun("stopped", { batchSize: 9 }), "--resume");
    expect(code).toBe(2);
    expect(stderr).toMatch(/batchSize/);
    expect(readdirSync(join(folder, "stopped", "checkpoints"))).toEqual(checkpoints);
  });
});
