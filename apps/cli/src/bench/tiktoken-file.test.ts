import { loadTokenizer } from "@t5ts/tokenizer-bpe";
import { expect, it } from "vitest";
import { type TiktokenFile, tokenizerJsonOfTiktoken } from "./tiktoken-file.js";

it("merges what makes a token, the lowest rank first, as tiktoken does", () => {
  const bytes = Array.from({ length: 256 }, (_, byte) => Buffer.from([byte]));
  const tokens = ["ab", "bc", "abc", " a", " abc"].map((token) => Buffer.from(token));
  const file: TiktokenFile = {
    pat_str: "\\s?\\S+|\\s+",
    bpe_ranks: `! 0 ${[...bytes, ...tokens].map((token) => token.toString("base64")).join(" ")}`,
  };
  const tokenizer = loadTokenizer(tokenizerJsonOfTiktoken(file));
  expect(tokenizer.encode("abc bcab é")).toEqual([258, 32, 257, 256, 32, 0xc3, 0xa9]);
  expect(tokenizer.encode("bca abc")).toEqual([257, 97, 260]); // a whole word that is a token is that token
});
