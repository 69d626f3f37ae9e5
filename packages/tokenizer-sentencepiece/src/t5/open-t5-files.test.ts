import { describe, expect, it } from "vitest";
import { writeModel } from "../model-file/model-file.js";
import { smallModel } from "../testing/small-model.js";
import { openT5Files } from "./open-t5-files.js";

/** 36 pieces: three marks, ▁, and the letters from which texts are made. */
const MODEL = writeModel(
  smallModel(Object.fromEntries(["▁", ..."abcdefghijklmnopqrstuvwxyzABCDEF"].map((piece, i) => [piece, -2 - i / 10]))),
);

const sentinelsOf = (config: object): readonly number[] =>
  openT5Files({ model: MODEL, tokenizerConfig: config }).special.sentinels;

describe("openT5Files", () => {
  it("has as many sentinels as extra_ids says, else as there are among the special tokens, else 100", () => {
    expect(sentinelsOf({ extra_ids: 20 })[0]).toBe(55);
    expect(sentinelsOf({ extra_ids: 0 })).toEqual([]);
    expect(sentinelsOf({ additional_special_tokens: ["<extra_id_0>", { content: "<extra_id_1>" }] })).toEqual([37, 36]);
    expect(sentinelsOf({})[0]).toBe(135);
    expect(() => sentinelsOf({ extra_ids: -1 })).toThrow(
      "tokenizer_config.json: extra_ids: expected an integer from 0 on, got -1",
    );
  });

  it("takes companions that say what the vocabulary says", () => {
    const tokenizer = openT5Files({
      model: MODEL,
      tokenizerConfig: {
        extra_ids: 2,
        eos_token: "</s>",
        added_tokens_decoder: { 0: { content: "<pad>" }, 1: { content: "</s>" }, 37: { content: "<extra_id_0>" } },
      },
      addedTokens: { "<extra_id_1>": 36 },
      specialTokensMap: { eos_token: { content: "</s>" }, pad_token: "<pad>", unk_token: "<unk>" },
    });
    expect(tokenizer.encode("ab")).toEqual([3, 4, 5, 1]);
  });

  it("refuses what it can't follow, by file and field", () => {
    const open = (files: object) => () => openT5Files({ model: MODEL, ...files });
    expect(open({ addedTokens: { "<new>": 136 } })).toThrow(
      'added_tokens.json: "<new>" with id 136 is a token that the vocabulary lacks; expected a tokenizer.json',
    );
    expect(open({ addedTokens: { a: 99 } })).toThrow('"a" with id 99 is a token that the vocabulary has as 4;');
    expect(open({ tokenizerConfig: { added_tokens_decoder: { 500: { content: "<x>" } } } })).toThrow(
      'tokenizer_config.json: added_tokens_decoder: "<x>" with id 500',
    );
    expect(open({ specialTokensMap: { eos_token: "<end>" } })).toThrow(
      'special_tokens_map.json: eos_token: expected "</s>", as the vocabulary has it, got "<end>"',
    );
    expect(open({ tokenizerConfig: { additional_special_tokens: ["<speaker>"] } })).toThrow(
      'additional_special_tokens: expected tokens of the vocabulary, got "<speaker>"',
    );
    expect(open({ addedTokens: [1] })).toThrow("added_tokens.json: expected an object, got [1]");
  });

  it("opens ByT5's bytes, which have no file", () => {
    const tokenizer = openT5Files({ tokenizerConfig: { tokenizer_class: "ByT5Tokenizer", extra_ids: 125 } });
    expect([tokenizer.vocabSize, tokenizer.encode("é")]).toEqual([384, [198, 172, 1]]);
    expect(openT5Files({ tokenizerConfig: { tokenizer_class: "ByT5Tokenizer" } }).special.sentinels[0]).toBe(259);
    expect(() => openT5Files({ tokenizerConfig: { tokenizer_class: "T5Tokenizer" } })).toThrow(
      'tokenizer_class: expected ByT5Tokenizer where there\'s no spiece.model, got "T5Tokenizer"',
    );
  });
});
