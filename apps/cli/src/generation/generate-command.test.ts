import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadT5Folder, saveT5Folder } from "@t5ts/t5-model/node";
import { CPU_BACKEND, selectBackend } from "@t5ts/tensor-core";
import * as tf from "@tensorflow/tfjs-core";
import { afterAll, describe, expect, it } from "vitest";
import { copyReversingModel, letters, makeFolder, referenceCases } from "../testing/reversing-model.js";
import { eventsOf, finished, messagesOf, runT5, startT5 } from "../testing/run-t5.js";

const { folder, remove } = makeFolder();
const model = copyReversingModel(folder);
const cases = referenceCases();
/** Every input of the reference, what transformers answered to it greedily, and with its two ways of other decoding. */
const inputs = cases.flatMap(({ input_ids }) => input_ids).map(letters);
const greedy = cases.flatMap(({ expected }) => expected.greedy).map(letters);
const processed = cases.flatMap(({ expected }) => expected["greedy_norepeat2_rep1.3"]).map(letters);
const beams = cases.flatMap(({ expected }) => expected["beam4_lp0.6_top2"].sequences).map(letters);
const beamScores = cases.flatMap(({ expected }) => expected["beam4_lp0.6_top2"].scores);

/** transformers was run up to 20 tokens, the start token counted. */
const generate = (...args: string[]): string[] => ["generate", "--model", model, "--max-tokens", "19", ...args];
const lines = (text: string): string[] => text.split("\n").slice(0, -1);

afterAll(remove);

describe("generate", () => {
  it("gives transformers' answers to texts as arguments, in a file and on stdin, on each backend", async () => {
    const file = join(folder, "inputs.txt");
    writeFileSync(file, `${inputs.join("\n")}\n`);
    const runs = await Promise.all([
      runT5(generate(...inputs)),
      runT5(generate("--input", file, "--backend", "cpu")),
      runT5(generate("--backend", "wasm", "--batch-size", "2"), { input: inputs.join("\n") }),
    ]);
    for (const run of runs) {
      expect({ code: run.code, messages: messagesOf(run) }).toEqual({ code: 0, messages: "" });
      expect(lines(run.stdout)).toEqual(greedy);
    }
  });

  it("gives transformers' beams and their scores", async () => {
    const options = ["--beams", "4", "--num-return", "2", "--length-penalty", "0.6", "--early-stopping"];
    const { stdout } = await runT5(generate(...options, ...inputs));
    const answers = lines(stdout).map((line) => line.split("\t"));
    expect(answers.map(([, text]) => text)).toEqual(beams);
    for (const [i, [score]] of answers.entries()) expect(Number(score)).toBeCloseTo(beamScores[i] as number, 3);
  });

  it("gives transformers' answers with a repetition penalty and without repeated n-grams", async () => {
    const options = ["--repetition-penalty", "1.3", "--no-repeat-ngram", "2"];
    const { stdout } = await runT5(generate(...options, ...inputs));
    expect(lines(stdout)).toEqual(processed);
  });

  it("samples the same texts for the same seed and others for another", async () => {
    const sample = async (seed: string) => {
      const options = ["--temperature", "3", "--num-return", "3", "--seed", seed, "--json"];
      const events = eventsOf(await runT5(generate(...options, "abcdef", "xyz")));
      return events.filter(({ event }) => event === "text").map(({ outputs }) => outputs as { text: string }[]);
    };
    const [first, again, other] = await Promise.all([sample("1"), sample("1"), sample("2")]);
    expect(first?.map((outputs) => outputs.length)).toEqual([3, 3]);
    expect(new Set(first?.flat().map(({ text }) => text)).size).toBeGreaterThan(2);
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
  });

  it("answers between --min-tokens and --max-tokens", async () => {
    const events = eventsOf(await runT5(generate("--min-tokens", "9", "--max-tokens", "12", "--json", "abc")));
    const { outputs } = events.find(({ event }) => event === "text") as { outputs: { ids: number[] }[] };
    expect(outputs[0]?.ids.length).toBeGreaterThan(9);
    expect(outputs[0]?.ids.length).toBeLessThanOrEqual(12);
  });

  it("puts the prefix before each input", async () => {
    const { stdout } = await runT5(generate("--prefix", "ab", "cd"));
    const { stdout: whole } = await runT5(generate("abcd"));
    expect(stdout).toBe(whole);
  });

  it("writes the attention weights that transformers has", async () => {
    const file = join(folder, "attention.json");
    // The reference has the weights for the labels, so this is a case whose labels are what is generated.
    const [testCase] = cases;
    await runT5(generate("--attention", file, letters(testCase?.input_ids[0] ?? [])));
    const [example] = JSON.parse(readFileSync(file, "utf8"));
    expect(example.inputPieces).toEqual([...letters(testCase?.input_ids[0] ?? []), "</s>"]);
    expect(example.output).toBe(greedy[0]);
    const { encoder, decoder, cross } = example.attention;
    expect([encoder.length, decoder.length, cross.length]).toEqual([2, 2, 2]);
    for (const rows of [...encoder, ...decoder, ...cross].flat()) {
      for (const row of rows) {
        expect(row.reduce((sum: number, weight: number) => sum + weight, 0)).toBeCloseTo(1, 3);
      }
    }
    // The decoder's first position sees the start token alone, whatever comes after: there, both are the same.
    const expected = testCase?.expected.cross_attention_layer0[0]?.map((rows) => rows[0]) as number[][];
    for (const [head, row] of expected.entries()) {
      for (const [i, weight] of row.entries()) expect(cross[0][head][0][i]).toBeCloseTo(weight, 4);
    }
  });

  it("with --json gives an event for each input and one at the end", async () => {
    const events = eventsOf(await runT5(generate("--json", ...inputs)));
    expect(events.map(({ event }) => event)).toEqual(["backend", ...inputs.map(() => "text"), "done"]);
    expect(events.flatMap(({ outputs = [] }) => (outputs as { text: string }[])[0]?.text ?? [])).toEqual(greedy);
    expect(events.at(-1)).toMatchObject({ answered: inputs.length });
  });

  it("names the line of a text that is too long, and both numbers", async () => {
    const { code, stdout, stderr } = await runT5(generate("--max-input", "6"), { input: "abc\nabcdefgh\n" });
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toBe("t5: stdin:2: expected at most 6 tokens (--max-input), got 9; --truncate cuts it\n");
  });

  it("cuts it with --truncate, and says so", async () => {
    const { code, stdout, stderr } = await runT5(generate("--max-input", "6", "--truncate", "abcdefgh"));
    expect(code).toBe(0);
    expect(stdout).toBe((await runT5(generate("abcde"))).stdout);
    expect(stderr).toMatch(/^warning: text:1: expected at most 6 tokens .* got 9; the rest is cut\n$/);
  });

  it("fails in one line, and answers nothing, where the model's scores are no numbers", async () => {
    await selectBackend("cpu", [CPU_BACKEND]);
    const { config, params } = await loadT5Folder(model);
    const { weight } = params.decoder.finalNorm;
    const decoder = { ...params.decoder, finalNorm: { weight: tf.fill(weight.shape, Number.NaN) as tf.Tensor1D } };
    const broken = join(folder, "broken");
    await saveT5Folder(broken, { config, params: { ...params, decoder } });
    copyFileSync(join(model, "tokenizer.json"), join(broken, "tokenizer.json"));
    const data = join(folder, "data.jsonl");
    // Batches begin with the longest: what an input is called isn't its row.
    writeFileSync(data, `{"inputs":"abc","targets":"cba"}\n{"inputs":"abcdef","targets":"cba"}\n`);
    copyFileSync(join(model, "cases.json"), join(broken, "cases.json"));
    const answer = ["generate", "--model", broken];
    const evaluate = ["evaluate", "--model", broken, "--data", data, "--metrics"];
    const scores = "expected scores that are numbers from the model, got ";
    for (const [args, message] of [
      [[...answer, "abc", "abcd"], `text:1: token 1 of the answer: ${scores}`],
      [[...answer, "--beams", "2", "abc", "abcd"], `text:1: token 1 of the answer: ${scores}`],
      [[...answer, "--top-p", "0.9", "abc"], `text:1: token 1 of the answer: ${scores}`],
      [[...answer, "--attention", join(folder, "attention.json"), "abc"], `text:1: token 1 of the answer: ${scores}`],
      [[...evaluate, "exact_match"], `${data}: record 2: token 1 of the answer: ${scores}`],
      [[...evaluate, "perplexity"], `${data}: record 2: perplexity: token 1 of the reference: expected costs that are`],
      [["verify", broken], `${join(broken, "cases.json")}: cases[0]: input 0, step 1: ${scores}`],
    ] as const) {
      const { code, stdout, stderr } = await runT5(args);
      expect({ code, stdout }, args.join(" ")).toEqual({ code: 1, stdout: "" });
      expect(stderr.slice(0, 4 + message.length)).toBe(`t5: ${message}`);
      expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    }
  });

  it("writes answers up to the input that has none, and no line for those behind it", async () => {
    const { config, params } = await loadT5Folder(model);
    // Only the encoder's table: what the decoder writes stays as it was.
    const table = params.embedding.weight.dataSync().slice();
    const letter = 3 + 16; // q
    table.fill(Number.NaN, letter * config.dModel, (letter + 1) * config.dModel);
    const broken = join(folder, "broken-letter");
    await saveT5Folder(broken, {
      config: { ...config, sharesEmbedding: false },
      params: {
        ...params,
        embedding: { weight: tf.tensor2d(table as Float32Array, [config.vocabSize, config.dModel]) },
        decoderEmbedding: params.embedding,
      },
    });
    copyFileSync(join(model, "tokenizer.json"), join(broken, "tokenizer.json"));
    const args = ["generate", "--model", broken, "--max-tokens", "19", "--batch-size", "2"];
    const texts = ["abc", "abcd", "xyz", "aqa", "abc"];
    const { code, stdout, stderr } = await runT5(args, { input: `${texts.join("\n")}\n` });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^t5: stdin:4: token 1 of the answer: expected scores that are numbers from the model/);
    const { stdout: whole } = await runT5(generate("abc", "abcd"));
    expect(stdout).toBe(whole);
  });

  it("ends with 130 when it's interrupted while it answers, and leaves whole lines", async () => {
    const child = await startT5(generate("--json", "--min-tokens", "3000", "--max-tokens", "3000", ...inputs));
    const run = finished(child);
    await new Promise((resolve) => child.stdout?.once("data", resolve));
    await new Promise((resolve) => setTimeout(resolve, 300));
    child.kill("SIGINT");
    const { code, stdout, stderr } = await run;
    expect(code).toBe(130);
    expect(stderr).toBe("stopping; press Ctrl-C again to leave at once\n");
    expect(eventsOf({ code, stdout, stderr }).map(({ event }) => event)).toEqual(["backend"]);
  });

  it("ends with 130 when it's interrupted while it waits", async () => {
    const child = await startT5(generate("--json"));
    const run = finished(child);
    await new Promise((resolve) => child.stdout?.once("data", resolve));
    child.kill("SIGINT");
    expect((await run).code).toBe(130);
  });
});

describe("generate refuses with 2", () => {
  const mistakes: [string, string[], RegExp][] = [
    [
      "options that contradict each other",
      generate("--beams", "2", "--top-p", "0.9"),
      /--beams takes the best; it can't be/,
    ],
    ["texts from two places", generate("--input", "x.txt"), /expected texts as arguments or --input, got both/],
    ["a task without a layer", generate("--task", "sum"), /--task: expected one that .* \(none; .*\), got "sum"/],
    [
      "a folder without a model",
      ["generate", "--model", folder],
      /config\.json: expected the configuration of a T5, but there's no such file/,
    ],
  ];
  for (const [name, args, message] of mistakes) {
    it(name, async () => {
      const { code, stdout, stderr } = await runT5([...args, "abc"]);
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      expect(stderr).toMatch(message);
      expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    });
  }
});
