import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeFolder } from "../testing/reversing-model.js";
import { eventsOf, finished, messagesOf, runT5, startT5 } from "../testing/run-t5.js";

const TEXT = [
  "It was the best of times, it was the worst of times,",
  "  two  spaces, a tab\tand  an empty line:",
  "",
  "naïve café, 你好，世界 👩‍👩‍👧",
  "it was the age of wisdom, it was the age of foolishness,",
];

const { folder, remove } = makeFolder();
const textFile = join(folder, "text.txt");
const tokenizerFile = join(folder, "tokenizer.json");

beforeAll(async () => {
  writeFileSync(textFile, `${TEXT.join("\n")}\n`);
  writeFileSync(`${textFile}.gz`, gzipSync(`${TEXT.join("\n")}\n`));
  const run = await runT5([
    ...["tokenizer", "train", textFile, "--vocab-size", "280", "--sentinels", "4", "--out", tokenizerFile],
  ]);
  expect({ code: run.code, messages: messagesOf(run) }).toEqual({ code: 0, messages: "" });
});

afterAll(remove);

const tokenizer = (command: string, ...args: string[]): string[] => [
  ...["tokenizer", command, "--tokenizer", tokenizerFile, ...args],
];

describe("tokenizer train", () => {
  it("gives the same file for plain text, gzip and stdin, and for the same text every time", async () => {
    const options = ["--vocab-size", "280", "--sentinels", "4", "--out"];
    const written: string[] = [];
    for (const [i, source] of [textFile, `${textFile}.gz`, "-"].entries()) {
      const out = join(folder, `again-${i}.json`);
      const run = await runT5(["tokenizer", "train", source, ...options, out], { input: `${TEXT.join("\n")}\n` });
      expect(run.code).toBe(0);
      written.push(readFileSync(out, "utf8"));
    }
    expect(written).toEqual(Array(3).fill(readFileSync(tokenizerFile, "utf8")));
  });

  it("makes as many ids as asked for, with T5's marks first and sentinels last", async () => {
    const { model, added_tokens } = JSON.parse(readFileSync(tokenizerFile, "utf8"));
    expect(Object.keys(model.vocab)).toHaveLength(280 - 4);
    const special = added_tokens.map(({ id, content }: { id: number; content: string }) => [id, content]);
    expect(special.slice(0, 3)).toEqual([
      [0, "<pad>"],
      [1, "</s>"],
      [2, "<unk>"],
    ]);
    expect(special.at(-1)).toEqual([279, "<extra_id_0>"]);
  });

  it("says what it made, as a line and as an event", async () => {
    const out = join(folder, "said.json");
    const args = ["tokenizer", "train", textFile, "--vocab-size", "400", "--out", out];
    const { stdout, stderr } = await runT5(args);
    expect(stdout).toMatch(/said\.json: 3\d\d ids from 5 lines/);
    expect(stderr).toMatch(/^warning: the texts have pieces for 3\d\d ids and not for 400/);
    const events = eventsOf(await runT5([...args, "--json"]));
    expect(events).toMatchObject([{ event: "done", out, texts: 5 }]);
  });

  it("takes start and end marks and characters if asked to", async () => {
    const out = join(folder, "metaspace.json");
    const options = ["--kind", "metaspace", "--marks", "start-end", "--vocab-size", "200", "--out", out];
    expect((await runT5(["tokenizer", "train", textFile, ...options])).code).toBe(0);
    const { stdout } = await runT5(["tokenizer", "encode", "--tokenizer", out, "it was"]);
    expect(stdout).toMatch(/^<s> ▁.* <\/s>\n$/);
  });

  const mistakes: [string, string[], RegExp][] = [
    [
      "a missing file",
      ["/no/such.txt", "--vocab-size", "300"],
      /^t5: \/no\/such.txt: expected a file, but there's no such file/,
    ],
    ["a folder", [folder, "--vocab-size", "300"], /expected a file, but it's a folder/],
    ["nothing to read", ["-", "--vocab-size", "300"], /^t5: -: expected at least one line of text, got none/],
    ["a vocabulary too small", [textFile, "--vocab-size", "100"], /vocabSize: expected at least 361 .* got 100/],
  ];
  for (const [name, args, message] of mistakes) {
    it(`names ${name}`, async () => {
      const run = await runT5(["tokenizer", "train", ...args, "--out", join(folder, "never.json")]);
      expect(run.code).toBe(2);
      expect(run.stderr).toMatch(message);
    });
  }

  it("names an output that can't be written, before it reads anything", async () => {
    const run = await runT5(["tokenizer", "train", "/no/such.txt", "--vocab-size", "380", "--out", folder]);
    expect(run.code).toBe(2);
    expect(run.stderr).toBe(`t5: ${folder}: expected a file to write, but it's a folder\n`);
  });
});

describe("tokenizer encode and decode", () => {
  it("give every line of text back through a pipe of ids", async () => {
    const input = `${TEXT.join("\n")}\n`;
    const encoded = await runT5(tokenizer("encode", "--ids"), { input });
    expect(encoded.stdout).toMatch(/^(\d+ )*1$/m);
    expect(encoded.stdout.trimEnd().split("\n")).toHaveLength(TEXT.length);
    const decoded = await runT5(tokenizer("decode"), { input: encoded.stdout });
    expect(decoded.stdout).toBe(input);
  });

  it("write no marks with --no-special, and print them with --keep-special", async () => {
    const plain = await runT5(tokenizer("encode", "--ids", "--no-special", "times"));
    const marked = await runT5(tokenizer("encode", "--ids", "times"));
    expect(marked.stdout).toBe(`${plain.stdout.trimEnd()} 1\n`);
    const ids = marked.stdout.trim().split(" ");
    expect((await runT5(tokenizer("decode", "--keep-special", ...ids))).stdout).toBe("times</s>\n");
    expect((await runT5(tokenizer("decode", ...ids))).stdout).toBe("times\n");
  });

  it("say where each piece comes from", async () => {
    const { stdout } = await runT5(tokenizer("encode", "--offsets", "--no-special", "it was"));
    const places = [...stdout.matchAll(/:(\d+)-(\d+)/g)].map(([, start, end]) => [Number(start), Number(end)]);
    expect(places[0]?.[0]).toBe(0);
    expect(places.at(-1)?.[1]).toBe("it was".length);
    for (const [i, [start]] of places.slice(1).entries()) expect(start).toBe(places[i]?.[1]);
  });

  it("give the same ids as events", async () => {
    const lines = (await runT5(tokenizer("encode", "--ids", "--input", textFile))).stdout.trimEnd().split("\n");
    const events = eventsOf(await runT5(tokenizer("encode", "--json", "--input", `${textFile}.gz`)));
    expect(events.map(({ ids }) => (ids as number[]).join(" "))).toEqual(lines);
    expect(events.map(({ line }) => line)).toEqual([1, 2, 3, 4, 5]);
  });

  const badIds: [string, RegExp][] = [
    ["5 6\n7 280\n", /^t5: stdin:2: expected ids from 0 to 279, got "280"/],
    ["5 -1\n", /stdin:1: expected ids from 0 to 279, got "-1"/],
    ["five\n", /stdin:1: expected ids from 0 to 279, got "five"/],
  ];
  for (const [input, message] of badIds) {
    it(`refuse the ids ${JSON.stringify(input)}`, async () => {
      const { code, stderr } = await runT5(tokenizer("decode"), { input });
      expect(code).toBe(2);
      expect(stderr).toMatch(message);
    });
  }

  it("refuse texts that aren't UTF-8, naming the line", async () => {
    const bad = join(folder, "latin1.txt");
    writeFileSync(bad, Buffer.concat([Buffer.from("fine\n"), Buffer.from([0x63, 0x61, 0x66, 0xe9])]));
    const { code, stderr } = await runT5(tokenizer("encode", "--input", bad));
    expect(code).toBe(2);
    expect(stderr).toContain(`${bad}:2: expected UTF-8, got the bytes e9`);
  });

  const badTokenizers: [string, string, RegExp][] = [
    ["missing.json", "", /missing.json: expected a tokenizer.json or a .model file, but there's no such file/],
    ["spiece.model", "\n\u000e", /^t5: \S+spiece.model: pieces\[0\]: /],
    ["spiece", "\n\u000e\n\u0005", /^t5: \S+spiece: pieces\[0\]: /],
    ["not.json", "{", /not.json: expected JSON: /],
    ["unigram.json", '{"model":{"type":"Unigram","vocab":{}}}', /unigram.json: model.vocab: expected a list/],
    ["wordpiece.json", '{"model":{"type":"WordPiece"}}', /wordpiece.json: model.type: expected "BPE", got "WordPiece"/],
    ["list.json", "[]", /list.json: expected the JSON of a tokenizer, got an object without a model/],
  ];
  for (const [name, content, message] of badTokenizers) {
    it(`refuse the tokenizer ${name}`, async () => {
      const path = join(folder, name);
      if (content !== "") writeFileSync(path, content);
      const { code, stderr } = await runT5(["tokenizer", "encode", "--tokenizer", path, "text"]);
      expect(code).toBe(2);
      expect(stderr).toMatch(message);
    });
  }

  it("answer each line as it comes, and end a wait for more with 130", async () => {
    const child = await startT5(tokenizer("encode", "--ids"));
    const run = finished(child);
    child.stdin?.write("it was\n");
    await new Promise((resolve) => child.stdout?.once("data", resolve));
    child.kill("SIGINT");
    const { code, stdout, stderr } = await run;
    expect(code).toBe(130);
    expect(stdout).toMatch(/^[\d ]+\n$/);
    expect(stderr).toBe("stopping; press Ctrl-C again to leave at once\n");
  });

  it("end quietly when their reader leaves", async () => {
    const child = await startT5(tokenizer("encode", "--ids"));
    let stderr = "";
    child.stderr?.on("data", (text) => {
      stderr += text;
    });
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.stdin?.write("it was\n");
    await new Promise((resolve) => child.stdout?.once("data", resolve));
    child.stdout?.destroy();
    const more = setInterval(() => child.stdin?.write("it was the best of times\n"), 20);
    expect(await ended).toBe(0);
    clearInterval(more);
    expect(stderr).toBe("");
  });
});

describe("a unigram vocabulary", () => {
  const englishFile = join(folder, "english.txt");

  const tooSmall: [string, RegExp][] = [
    ["100", /^t5: --vocab-size: expected more than the 100 of --sentinels, got 100/],
    ["105", /vocabSize: expected at least \d+ .*, got 5: --vocab-size 105 without 100 sentinels/],
  ];
  for (const [size, message] of tooSmall) {
    it(`has room for sentinels and characters, unlike --vocab-size ${size}`, async () => {
      const options = ["--model", "unigram", "--vocab-size", size, "--out", join(folder, "small.model")];
      const { code, stderr } = await runT5(["tokenizer", "train", englishFile, ...options]);
      expect(code).toBe(2);
      expect(stderr).toMatch(message);
    });
  }

  const files = ["unigram.model", "unigram-trained.json"];

  beforeAll(async () => {
    const words = "it was the best of times worst age wisdom foolishness belief season light".split(" ");
    writeFileSync(englishFile, words.map((word, i) => `${word} ${words.slice(i).join(" ")}\n`).join(""));
    for (const name of files) {
      const options = ["--model", "unigram", "--vocab-size", "125", "--out", join(folder, name)];
      const { code, stdout, stderr } = await runT5(["tokenizer", "train", englishFile, ...options]);
      const said = stderr.replace(/^(reading kB|seed pieces|pieces left) .*\n/gm, ""); // where it takes 5 s
      expect({ code, said }).toEqual({ code: 0, said: "" });
      expect(stdout).toMatch(/: 125 ids from 13 lines/);
    }
  });

  it.each(files)("in %s encodes and decodes", async (name) => {
    const using = ["--tokenizer", join(folder, name)];
    const input = "it was the age of wisdom\nthe best of <extra_id_0>\n";
    const pieces = await runT5(["tokenizer", "encode", ...using], { input });
    expect(pieces.stdout).toMatch(/^▁.* <\/s>\n.*<extra_id_0> <\/s>\n$/);
    const ids = await runT5(["tokenizer", "encode", ...using, "--ids"], { input });
    expect(ids.stdout).toMatch(/ 124 1\n$/);
    const decoded = await runT5(["tokenizer", "decode", ...using], { input: ids.stdout });
    expect(decoded.stdout.split("\n")[0]).toBe("it was the age of wisdom");
    const [vocabulary] = eventsOf(await runT5(["tokenizer", "inspect", ...using, "--json"]));
    expect(vocabulary).toMatchObject({ kind: "unigram", vocabSize: 125, special: { pad: 0, end: 1, unknown: 2 } });
  });

  it("gives the same ids from either file", async () => {
    const encode = async (name: string): Promise<string> =>
      (await runT5(["tokenizer", "encode", "--tokenizer", join(folder, name), "--ids", "--input", textFile])).stdout;
    expect(await encode("unigram-trained.json")).toBe(await encode("unigram.model"));
  });

  it("shows how probable other spellings are", async () => {
    const using = ["--tokenizer", join(folder, "unigram.model")];
    const { stdout } = await runT5(["tokenizer", "inspect", ...using, "worst"]);
    expect(stdout).toMatch(/Most probable spellings\n\s*log probability\s+pieces\n\s*-\d+\.\d{3} {2}▁/);
    const events = eventsOf(await runT5(["tokenizer", "inspect", ...using, "worst", "--json"]));
    const { spellings } = events[1] as { spellings: { score: number; pieces: string[] }[] };
    expect(spellings.map(({ pieces }) => pieces.join(""))).toEqual(spellings.map(() => "▁worst"));
    expect(spellings.map(({ score }) => score)).toEqual(spellings.map(({ score }) => score).sort((a, b) => b - a));
  });

  it("is learned from a part of texts that are too long for it, which it says", async () => {
    const long = join(folder, "long.txt");
    writeFileSync(long, Array.from({ length: 200 }, (_, i) => `${TEXT[0]} ${TEXT[4]} ${i % 10}\n`).join(""));
    const args = ["tokenizer", "train", long, "--model", "unigram", "--vocab-size", "140"];
    const run = await runT5([...args, "--most-characters", "9000", "--out", join(folder, "part.model")]);
    expect(run.stderr).toContain(
      "learned from one line in 4: the texts have more characters than --most-characters, 9,000",
    );
    expect(run.code).toBe(0);
  });

  const misuses: [string[], RegExp][] = [
    [["--model", "unigram", "--out", "u.json", "--kind", "metaspace"], /--kind belongs to --model bpe/],
    [["--model", "unigram", "--out", "u.json", "--min-frequency", "3"], /--min-frequency belongs to --model bpe/],
    [["--model", "unigram", "--out", "u.model", "--sentinels", "7"], /--sentinels: .* expected 100 or 0, got 7/],
    [["--out", "b.json", "--most-characters", "9"], /--most-characters belongs to --model unigram/],
    [["--out", "b.model"], /--out: byte pair encoding is written as a tokenizer.json, got b.model/],
  ];
  for (const [args, message] of misuses) {
    it(`refuses ${args.join(" ")}`, async () => {
      const run = await runT5(["tokenizer", "train", textFile, "--vocab-size", "170", ...args], { cwd: folder });
      expect(run.code).toBe(2);
      expect(run.stderr).toMatch(message);
    });
  }
});

describe("tokenizer inspect", () => {
  it("shows how a word was merged", async () => {
    const { stdout } = await runT5(tokenizer("inspect", "times"));
    expect(stdout).toMatch(/Merges\n/);
    expect(stdout).toMatch(/\(merge \d+\)\n├ /);
    const events = eventsOf(await runT5(tokenizer("inspect", "times", "--json")));
    expect(events).toMatchObject([{ event: "encoding" }]);
  });

  it("shows size, marks and longest pieces, and counts the pieces of a file", async () => {
    const events = eventsOf(await runT5(tokenizer("inspect", "--count", textFile, "--top", "3", "--json")));
    const [vocabulary, counts] = events as Record<string, unknown>[];
    expect(vocabulary).toMatchObject({ event: "vocabulary", vocabSize: 280, kind: "byte-level" });
    const encoded = eventsOf(await runT5(tokenizer("encode", "--no-special", "--input", textFile, "--json")));
    const ids = encoded.flatMap((event) => event.ids as number[]);
    expect(counts).toMatchObject({ event: "counts", ids: ids.length, usedPieces: new Set(ids).size });
    const [first] = (counts as { pieces: { id: number; count: number }[] }).pieces;
    expect(first?.count).toBe(ids.filter((id) => id === first?.id).length);
  });
});
