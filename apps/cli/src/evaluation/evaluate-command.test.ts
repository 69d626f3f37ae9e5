import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import { copyReversingModel, letters, makeFolder, referenceCases } from "../testing/reversing-model.js";
import { eventsOf, runT5 } from "../testing/run-t5.js";

const { folder, remove } = makeFolder();
const model = copyReversingModel(folder);

afterAll(remove);

/** A file of the test, by its contents. */
function write(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, name.endsWith(".gz") ? gzipSync(content) : content);
  return path;
}

const jsonl = (records: object[]): string => records.map((record) => `${JSON.stringify(record)}\n`).join("");
const evaluate = (data: string, ...args: string[]): string[] => ["evaluate", "--model", model, "--data", data, ...args];

/** The scores of a run, by metric and name. */
async function scoresOf(args: string[]): Promise<Record<string, number>> {
  const events = eventsOf(await runT5([...args, "--json"]));
  const metrics = events.filter(({ event }) => event === "metric");
  return Object.fromEntries(metrics.map(({ metric, name, value }) => [`${metric} ${name}`, value as number]));
}

describe("evaluate", () => {
  it("gives the perplexity of transformers' loss", async () => {
    for (const [i, { input_ids, labels, expected }] of referenceCases().entries()) {
      const records = input_ids.map((ids, row) => ({
        inputs: letters(ids),
        targets: letters(labels[row]?.filter((id) => id !== -100) ?? []),
      }));
      const data = write(`case-${i}.jsonl`, jsonl(records));
      const { "perplexity perplexity": perplexity } = await scoresOf(evaluate(data, "--metrics", "perplexity"));
      expect(Math.log(perplexity as number)).toBeCloseTo(expected.loss, 4);
    }
  });

  const answers = ["abc", "vHeGy", "xyz", "mnopq"];
  const references = ["cba", "nothing", "zyx", "qponm"];

  it("scores answers the same whatever the file's form", async () => {
    const records = answers.map((inputs, i) => ({ inputs, targets: references[i] as string }));
    const rows = records.map(({ inputs, targets }) => `${targets}\tunused\t${inputs}\n`).join("");
    const files = [
      evaluate(write("a.jsonl", jsonl(records))),
      evaluate(write("a.jsonl.gz", jsonl(records))),
      evaluate(write("a.tsv", `right\tnote\task\n${rows}`), "--input-field", "ask", "--target-field", "right"),
      evaluate(
        write("a.txt", `right\tnote\task\n${rows}`),
        "--format",
        "tsv",
        "--input-field",
        "ask",
        "--target-field",
        "right",
      ),
    ];
    const all = await Promise.all(files.map((args) => scoresOf([...args, "--metrics", "exact_match,accuracy,cer"])));
    const expected = await runT5(["generate", "--model", model, ...answers]);
    const right = expected.stdout
      .trimEnd()
      .split("\n")
      .filter((text, i) => text === references[i]).length;
    expect(right).toBeGreaterThan(0);
    expect(all[0]).toMatchObject({ "exact_match exact_match": 25 * right, "accuracy accuracy": 25 * right });
    expect(all[0]?.["cer cer"]).toBeGreaterThan(0);
    for (const scores of all) expect(scores).toEqual(all[0]);
  });

  it("counts an answer as right if it's any of several references, and stops at the limit", async () => {
    const records = [
      { inputs: "abc", targets: ["no", "cba"] },
      { inputs: "xyz", targets: ["never this"] },
    ];
    const data = write("several.jsonl", jsonl(records));
    expect(await scoresOf(evaluate(data, "--metrics", "exact_match"))).toEqual({ "exact_match exact_match": 50 });
    const limited = await scoresOf(evaluate(data, "--metrics", "exact_match", "--limit", "1"));
    expect(limited).toEqual({ "exact_match exact_match": 100 });
  });

  it("prints a table, and writes the answers on request, in the order of the data", async () => {
    const data = write(
      "table.jsonl",
      jsonl([
        { inputs: "ab", targets: "ba" },
        { inputs: "abcdef", targets: "fedcba" },
      ]),
    );
    const out = join(folder, "answers.jsonl");
    const { code, stdout } = await runT5(evaluate(data, "--metrics", "rouge,bleu", "--out", out));
    expect(code).toBe(0);
    expect(stdout).toMatch(/^metric +score\nrouge rouge1 +\d+\.\d\d\n/);
    expect(stdout).toMatch(/\nbleu: nrefs:1\|/);
    expect(stdout).toMatch(/\n2 examples in \d/);
    const written = readFileSync(out, "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(written.map(({ input, references }) => [input, references])).toEqual([
      ["ab", ["ba"]],
      ["abcdef", ["fedcba"]],
    ]);
  });

  it("names the line of a file that isn't right", async () => {
    const data = write("fields.jsonl", '{"inputs":"a","targets":"b"}\n{"question":"a"}\n');
    const { code, stdout, stderr } = await runT5(evaluate(data, "--metrics", "exact_match"));
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toBe(`t5: ${data}:2: expected an object with the field "inputs", got question\n`);
  });

  it("names a metric that nobody knows, before anything is computed", async () => {
    const data = write("metric.jsonl", jsonl([{ inputs: "a", targets: "b" }]));
    const { code, stderr } = await runT5(evaluate(data, "--metrics", "exact_match,meteor"));
    expect(code).toBe(2);
    expect(stderr).toMatch(/--metrics: expected one of exact_match, .*, perplexity, got "meteor"/);
  });

  it("names a metric that can't take the references", async () => {
    const data = write("many.jsonl", jsonl([{ inputs: "a", targets: ["b", "c"] }]));
    const { code, stderr } = await runT5(evaluate(data, "--metrics", "accuracy"));
    expect(code).toBe(2);
    expect(stderr).toMatch(/accuracy: references\[0\]: expected exactly one, got 2/);
  });
});
