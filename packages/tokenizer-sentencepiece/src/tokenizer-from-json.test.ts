import { trainBpe } from "@t5ts/tokenizer-bpe/train";
import { Tokenizer as NativeTokenizer } from "tokenizers";
import { expect, it } from "vitest";
import { loadSentencePiece } from "./load-sentencepiece.js";
import { compileCharsmap } from "./normalization/charsmap.js";
import { normalizationRules } from "./normalization/nfkc-rules.js";
import { ByteTokenizer } from "./t5/byte-tokenizer.js";
import { loadT5Tokenizer } from "./t5/load-t5.js";
import { hardTexts } from "./testing/hard-texts.js";
import { smallModel } from "./testing/small-model.js";
import { tokenizerFromJson } from "./tokenizer-from-json.js";

const MODEL = smallModel({ "▁": -1, a: -2, "▁b": -3, "<": -4 });

const PLAIN_TOKEN = { single_word: false, lstrip: false, rstrip: false, normalized: false };

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

it("tokenizerFromJson reads SentencePiece's rules before a BPE model, as Hugging Face's library does", async () => {
  const texts = hardTexts(300);
  const characters = new Set(`${texts.join("")}${texts.join("").normalize("NFKC")}`);
  const merges = ["▁ a", "t h", "1 2", "f i"];
  const vocab = ["<unk>", ...characters, ...merges.map((merge) => merge.replace(" ", ""))];
  const rules = Buffer.from(compileCharsmap(normalizationRules("nmt_nfkc"))).toString("base64");
  const file = {
    version: "1.0",
    added_tokens: [{ id: 0, content: "<unk>", ...PLAIN_TOKEN, special: true }],
    normalizer: {
      type: "Sequence",
      normalizers: [
        { type: "Precompiled", precompiled_charsmap: rules },
        { type: "Replace", pattern: { Regex: " {2,}" }, content: " " },
      ],
    },
    pre_tokenizer: { type: "Metaspace", replacement: "▁", prepend_scheme: "always", split: true },
    model: {
      type: "BPE",
      unk_token: "<unk>",
      vocab: Object.fromEntries([...new Set(["▁", ..."athfi12", ...vocab])].map((piece, id) => [piece, id])),
      merges,
    },
  };
  file.added_tokens[0]!.id = file.model.vocab["<unk>"] as number;
  const ours = tokenizerFromJson(file);
  const native = NativeTokenizer.fromString(JSON.stringify(file));
  for (const text of texts) {
    expect({ text, ids: ours.encode(text) }).toEqual({ text, ids: (await native.encode(text)).getIds() });
  }
  expect(tokenizerFromJson(JSON.parse(JSON.stringify(ours))).encode("ﬁ ½")).toEqual(ours.encode("ﬁ ½"));
});

it("tokenizerFromJson names the rules of a BPE model that can't be", () => {
  const model = { type: "BPE", vocab: { a: 0 }, merges: [] };
  expect(() => tokenizerFromJson({ model, normalizer: { type: "Precompiled", precompiled_charsmap: "%" } })).toThrow(
    "normalizer.precompiled_charsmap: expected base64",
  );
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
