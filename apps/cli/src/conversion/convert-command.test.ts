import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { copyReversingModel, makeFolder } from "../testing/reversing-model.js";
import { eventsOf, runT5 } from "../testing/run-t5.js";

const { folder, remove } = makeFolder();
const model = copyReversingModel(folder);
const place = (name: string): string => join(folder, name);
const read = (path: string, name: string): Buffer => readFileSync(join(path, name));

afterAll(remove);

describe("convert", () => {
  it("gives the numbers back to the bit through shards, with cases that still pass", async () => {
    const [shards, whole] = [place("shards"), place("whole")];
    const run = await runT5(["convert", model, shards, "--max-shard-size", "50kB", "--json"]);
    expect(run.code).toBe(0);
    const files = readdirSync(shards).filter((name) => name.endsWith(".safetensors"));
    expect(files.length).toBeGreaterThan(3);
    expect(eventsOf(run).at(-1)).toMatchObject({ event: "done", dtype: "F32", layout: "huggingface", files });
    for (const file of files) expect(statSync(join(shards, file)).size).toBeLessThan(55_000);
    expect(read(shards, "tokenizer.json")).toEqual(read(model, "tokenizer.json"));

    expect((await runT5(["convert", shards, whole])).code).toBe(0);
    writeFileSync(join(whole, "cases.json"), read(model, "cases.json"));
    const { code, stdout } = await runT5(["verify", whole]);
    expect({ code, failed: stdout.includes("FAIL") }).toEqual({ code: 0, failed: false });
  });

  it("halves the file in half precision, keeps that format after, and answers as before", async () => {
    const half = place("half");
    const { stdout } = await runT5(["convert", model, half, "--dtype", "BF16"]);
    expect(stdout).toMatch(/half: 45\.4k parameters, BF16, 9\d\.\d kB in one file, with Hugging Face's names/);
    const [before, after] = [model, half].map((path) => statSync(join(path, "model.safetensors")).size);
    expect((after as number) / (before as number)).toBeLessThan(0.55);
    const again = await runT5(["convert", half, place("again")]);
    expect(again.stdout).toContain("BF16");
    const texts = ["abc", "hello"];
    const answers = await Promise.all([model, half].map((path) => runT5(["generate", "--model", path, ...texts])));
    expect(answers[1]?.stdout).toBe(answers[0]?.stdout);
  });

  it("replaces a model folder whole, and leaves what else is in it", async () => {
    const out = place("replaced");
    await runT5(["convert", model, out, "--max-shard-size", "50kB"]);
    writeFileSync(join(out, "notes.txt"), "mine");
    expect((await runT5(["convert", model, out])).code).toBe(0);
    expect(readdirSync(out).sort()).toEqual(["config.json", "model.safetensors", "notes.txt", "tokenizer.json"]);
    expect(readdirSync(folder).filter((name) => name.startsWith("."))).toEqual([]);
  });

  it("refuses to write over what isn't a model", async () => {
    mkdirSync(place("photos"));
    writeFileSync(join(place("photos"), "holiday.jpg"), "");
    for (const [out, message] of [
      [place("photos"), /photos: expected a new or empty folder or one with a model, but it holds holiday.jpg/],
      [join(model, "config.json"), /config\.json: expected a folder to write to, but it's a file/],
    ] as const) {
      const { code, stderr } = await runT5(["convert", model, out]);
      expect(code).toBe(2);
      expect(stderr).toMatch(message);
    }
    expect(readdirSync(place("photos"))).toEqual(["holiday.jpg"]);
  });

  it("names tensors that the model has no place for", async () => {
    const source = place("extra");
    await runT5(["convert", model, source]);
    const config = JSON.parse(read(source, "config.json").toString());
    writeFileSync(join(source, "config.json"), JSON.stringify({ ...config, num_decoder_layers: 1 }));
    const { code, stderr } = await runT5(["convert", source, place("fewer")]);
    expect(code).toBe(0);
    expect(stderr).toMatch(/^warning: .*extra: the model has no place for "decoder\.block\.1\..*and \d+ more\n$/);
  });
});

describe("info --model", () => {
  it("says what the model is", async () => {
    const event = eventsOf(await runT5(["info", "--model", model, "--json"])).at(-1);
    expect(event).toMatchObject({ event: "model", parameters: 45440, published: true, dtypes: "F32" });
    expect(event?.config).toMatchObject({ d_model: 32, vocab_size: 120 });
    expect(event?.vocabulary).toMatchObject({ vocabSize: 40 });
    const { stdout } = await runT5(["info", "--model", model]);
    expect(stdout).toMatch(/parameters +45\.4k \(45,440\)/);
  });
});
