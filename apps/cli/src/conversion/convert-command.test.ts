import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadT5Folder, saveT5Folder } from "@t5ts/t5-model/node";
import { CPU_BACKEND, selectBackend } from "@t5ts/tensor-core";
import * as tf from "@tensorflow/tfjs-core";
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

  it("keeps an output layer of its own that transformers 5 calls tied", async () => {
    const name = "../../../../packages/t5-model/fixtures/mt5-saved-by-5";
    const source = fileURLToPath(new URL(name, import.meta.url));
    const out = place("untied");
    const { code, stderr } = await runT5(["convert", source, out]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    copyFileSync(join(source, "cases.json"), join(out, "cases.json"));
    const verified = await runT5(["verify", out]);
    expect({ code: verified.code, failed: verified.stdout.includes("FAIL") }).toEqual({ code: 0, failed: false });
    expect((await runT5(["info", "--model", out])).stdout).toMatch(/output\s+a matrix of its own/);
  });

  it("refuses to make infinities of large weights, unless they are clamped", async () => {
    await selectBackend("cpu", [CPU_BACKEND]);
    const large = place("large");
    const { params, config } = await loadT5Folder(model);
    const weight = params.decoder.finalNorm.weight;
    const grown = tf.mul(weight, 1e6) as tf.Tensor1D;
    const decoder = { ...params.decoder, finalNorm: { weight: grown } };
    await saveT5Folder(large, { config, params: { ...params, decoder } });
    const { code, stderr } = await runT5(["convert", large, place("infinite"), "--dtype", "F16"]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/"decoder\.final_layer_norm\.weight": element 0: expected a number up to 65504 in size/);
    expect(existsSync(place("infinite"))).toBe(false);
    expect(readdirSync(folder).filter((name) => name.startsWith("."))).toEqual([]);
    expect((await runT5(["convert", large, place("clamped"), "--dtype", "F16", "--clamp"])).code).toBe(0);
    const clamped = await loadT5Folder(place("clamped"));
    const largest = tf.max(tf.abs(clamped.params.decoder.finalNorm.weight));
    expect(largest.dataSync()[0]).toBe(65_504);
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
