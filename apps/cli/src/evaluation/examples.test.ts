import { bytesSource } from "@t5ts/datasets";
import { describe, expect, it } from "vitest";
import { type ExampleOptions, readExamples } from "./examples.js";

const FIELDS: ExampleOptions = { format: undefined, inputField: "inputs", targetField: "targets" };

async function examplesOf(name: string, text: string, options: Partial<ExampleOptions> = {}) {
  const examples: { input: string; references: string[] }[] = [];
  for await (const { input, references } of readExamples(bytesSource(name, text), { ...FIELDS, ...options })) {
    examples.push({ input, references });
  }
  return examples;
}

describe("readExamples", () => {
  it("takes texts, numbers and lists of references from JSONL", async () => {
    const text = '{"inputs":"a","targets":"b"}\n\n{"targets":["c","d"],"inputs":7}\n{"inputs":"e","targets":0.5}\n';
    expect(await examplesOf("a.jsonl", text)).toEqual([
      { input: "a", references: ["b"] },
      { input: "7", references: ["c", "d"] },
      { input: "e", references: ["0.5"] },
    ]);
  });

  it("takes two columns of TSV by their names", async () => {
    const text = "id\tzh\ten\n1\t你好\thello\n";
    const examples = await examplesOf("a.tsv", text, { inputField: "en", targetField: "zh" });
    expect(examples).toEqual([{ input: "hello", references: ["你好"] }]);
  });

  it("takes the sample data as the model is trained on them", async () => {
    const snips = { intent: "PlayMusic", text: "play some jazz", slots: [{ start: 10, end: 14, label: "genre" }] };
    expect(await examplesOf("a.jsonl", JSON.stringify(snips), { format: "snips" })).toEqual([
      { input: "snips: play some jazz", references: ["PlayMusic ( genre = jazz )"] },
    ]);
    const paper = { title: "T", source: ["One.", "Two."], target: ["Short.", "Shorter."] };
    expect(await examplesOf("a.jsonl", JSON.stringify(paper), { format: "scitldr" })).toEqual([
      { input: "summarize: One. Two.", references: ["Short.", "Shorter."] },
    ]);
  });

  const mistakes: [string, string, string, RegExp][] = [
    ["an empty file", "a.jsonl", "\n", /^a\.jsonl: expected at least one JSON value, got none/],
    [
      "a line that isn't JSON",
      "a.jsonl",
      '{"inputs":"a","targets":"b"}\n{"inputs',
      /^a\.jsonl:2: expected a JSON value/,
    ],
    ["a field that isn't there", "a.jsonl", '{"question":"a"}', /^a\.jsonl:1: .* field "inputs", got question/],
    [
      "a line that is no object",
      "a.jsonl",
      "[1]",
      /^a\.jsonl:1: expected an object with the field "inputs", got \[1\]/,
    ],
    ["an input that isn't text", "a.jsonl", '{"inputs":["a"]}', /^a\.jsonl:1: "inputs": expected a text, got \["a"\]/],
    ["no references", "a.jsonl", '{"inputs":"a","targets":[]}', /^a\.jsonl:1: "targets": expected a text or a list/],
    ["a column that isn't there", "a.tsv", "a\tb\n1\t2\n", /^a\.tsv:1: expected the column "inputs", "targets"/],
    ["a row that is cut", "a.tsv", "inputs\ttargets\n1\n", /^a\.tsv:2: expected 2 fields/],
    ["an unknown ending", "a.csv", "a,b\n", /^a\.csv: expected a name that ends in \.jsonl or \.tsv .*--format/],
  ];
  for (const [name, file, text, message] of mistakes) {
    it(`names ${name}`, async () => {
      await expect(examplesOf(file, text)).rejects.toThrow(message);
    });
  }
});
