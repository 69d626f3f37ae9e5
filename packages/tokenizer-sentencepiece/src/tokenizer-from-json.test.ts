import { trainBpe } from "@t5ts/tokenizer-bpe/train";
import { expect, it } from "vitest";
import { ByteTokenizer } from "./byte-tokenizer.js";
import { loadSentencePiece } from "./load-sentencepiece.js";
import { loadT5Tokenizer } from "./load-t5.js";
import { smallModel } from "./testing/small-model.js";
import { tokenizerFromJson } from "./tokenizer-from-json.js";

const MODEL = smallModel({ "▁": -1, a: -2, "▁b": -3, "<": -4 });

it.each([
  ["a .model file", async () => loadSentencePiece(MODEL, { marks: "end" })],
  ["T5, seqio", async () => loadT5Tokenizer(MODEL, { extraIds: 2 })],
  ["T5, hf-legacy", async () => loadT5Tokenizer(MODEL, { extraIds: 2, dialect: "hf-legacy" })],
  ["T5, hf", async () => loadT5Tokenizer(MODEL, { extraIds: 2, dialect: "hf" })],
  ["bytes", async () => new ByteTokenizer({ extraIds: 7, dialect: "seqio" })],
  ["BPE", () => trainBpe(["a b a b"], { vocabSize: 270, sentinels: 2 })],
])("tokenizerFromJson gives a tokenizer back: %s", async (_, make) => {
  const tokenizer = await make();
  const again = tokenizerFromJson(JSON.parse(JSON.stringify(tokenizer)));
  const text = "a b<extra_id_0> </s>c";
  expect(again.encodeDetailed(text)).toEqual(tokenizer.encodeDetailed(text));
  expect([again.vocabSize, again.special]).toEqual([tokenizer.vocabSize, tokenizer.special]);
});

it.each([
  [null, "got null"],
  ["text", "got string"],
  [{}, "got an object without a model"],
  [{ type: "Magic" }, 'got the type "Magic"'],
  [{ type: "T5", model: "%" }, "expected a .model file in base64"],
  [{ type: "SentencePiece", model: "", marks: "none" }, "pieces: expected at least one, got none"],
])("tokenizerFromJson refuses %j", (json, message) => {
  expect(() => tokenizerFromJson(json)).toThrow(message);
});
