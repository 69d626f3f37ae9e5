import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { T5Model } from "@t5ts/t5-model";
import { loadT5Folder } from "@t5ts/t5-model/node";
import { CPU_BACKEND, selectBackend } from "@t5ts/tensor-core";
import type { Tokenizer } from "@t5ts/tokenizer-bpe";
import * as tf from "@tensorflow/tfjs-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { copyReversingModel, makeFolder } from "../testing/reversing-model.js";
import { createAttentionFile } from "./attention-file.js";

const { folder, remove } = makeFolder();
const tokenizer = { pieceOf: (id: number) => `piece ${id}` } as unknown as Tokenizer;
const example = { place: "stdin:7", text: "ab", ids: [3, 4, 1], answer: { text: "ba", ids: [4, 3, 1] } };

beforeAll(() => selectBackend("cpu", [CPU_BACKEND]));
afterAll(remove);

describe("the attention file", () => {
  it("has the pieces and the weights of each kind, as [layer][head][query][key]", async () => {
    const model = await loadT5Folder(copyReversingModel(folder));
    const path = join(folder, "whole.json");
    const file = await createAttentionFile(path);
    await file.append({ model, tokenizer }, example);
    await file.close();
    const [{ inputPieces, outputPieces, attention }] = JSON.parse(readFileSync(path, "utf8"));
    expect(inputPieces).toEqual(["piece 3", "piece 4", "piece 1"]);
    expect(outputPieces).toEqual(["piece 4", "piece 3", "piece 1"]);
    expect(Object.keys(attention)).toEqual(["encoder", "decoder", "cross"]);
    expect(attention.cross).toHaveLength(2);
    expect(attention.cross[0]).toHaveLength(4);
    expect(attention.cross[0][0]).toHaveLength(3);
  });

  it("names the input, the kind and the layer of weights that are no numbers, and leaves no file", async () => {
    const { config, params } = await loadT5Folder(copyReversingModel(folder));
    const { weight } = params.encoder.finalNorm;
    const encoder = { ...params.encoder, finalNorm: { weight: tf.fill(weight.shape, Number.NaN) as tf.Tensor1D } };
    const model: T5Model = { config, params: { ...params, encoder } };
    const path = join(folder, "broken.json");
    const file = await createAttentionFile(path);
    await expect(file.append({ model, tokenizer }, example)).rejects.toThrow(
      "stdin:7: attention: decoder, layer 1: expected weights that are numbers, got NaN; the model's aren't finite",
    );
    await file.discard();
    expect(existsSync(path)).toBe(false);
  });
});
