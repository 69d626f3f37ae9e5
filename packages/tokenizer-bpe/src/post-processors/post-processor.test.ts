import { Tokenizer } from "tokenizers";
import { describe, expect, it } from "vitest";
import { loadTokenizer } from "../load-tokenizer.js";
import { ATOMS, hardTexts } from "../testing/hard-texts.js";
import { fileOfCharacters } from "../testing/hugging-face.js";
import { parsePostProcessor } from "./post-processor.js";

const byteLevel = (add_prefix_space: boolean): object => ({
  type: "ByteLevel",
  add_prefix_space,
  trim_offsets: true,
  use_regex: true,
});

/** Parts are written as `$A0`, a text and its type, or `x1`, a special token and its type. */
function template(single: string, pair: string): object {
  const parse = (parts: string): object[] =>
    parts.split(" ").map((part) => {
      const id = part.slice(0, -1);
      const type_id = Number(part.at(-1));
      return id.startsWith("$") ? { Sequence: { id: id.slice(1), type_id } } : { SpecialToken: { id, type_id } };
    });
  const special_tokens = { x: { id: "x", ids: [1, 2], tokens: ["a", "b"] }, y: { id: "y", ids: [3], tokens: ["z"] } };
  return { type: "TemplateProcessing", single: parse(single), pair: parse(pair), special_tokens };
}

const sequence = (...processors: object[]): object => ({ type: "Sequence", processors });

const FILES: (object | null)[] = [
  null,
  byteLevel(true),
  byteLevel(false),
  template("$A0 y0", "$A0 y0 $B1 y1"),
  template("x1 $A1 y0", "x0 $B1 y0 $A0"),
  sequence(byteLevel(false), template("y0 $A0", "$A0 y0 $B1")),
  sequence(byteLevel(true), template("y0 $A0 y0", "y0 $A0 y0 $B1 y0")),
];

describe("parsePostProcessor", () => {
  it.each(FILES)(
    "%j gives the ids, offsets and masks of Hugging Face's, for texts and pairs",
    async (post_processor) => {
      for (const add_prefix_space of [true, false]) {
        const pre_tokenizer = { ...byteLevel(add_prefix_space) };
        const file = fileOfCharacters(ATOMS, { pre_tokenizer, post_processor });
        const native = Tokenizer.fromString(JSON.stringify(file));
        const ours = loadTokenizer(file);
        const texts = hardTexts(40);
        for (const [index, text] of texts.entries()) {
          const pair = index % 2 === 0 ? texts[index + 1] : undefined;
          const addSpecialTokens = index % 3 !== 0;
          const { ids, offsets, wordIds, sequenceIds, ...rest } = ours.encodeDetailed(text, {
            pair,
            addSpecialTokens,
            offsets: "code-points",
          });
          const theirs = await native.encode(text, pair, { addSpecialTokens });
          expect({ text, pair, ids, offsets, wordIds, sequenceIds, ...rest }).toEqual({
            text,
            pair,
            ids: theirs.getIds(),
            pieces: theirs.getTokens(),
            offsets: theirs.getOffsets(),
            wordIds: theirs.getWordIds().map((id) => id ?? null),
            sequenceIds: theirs.getSequenceIds().map((id) => id ?? null),
            typeIds: theirs.getTypeIds(),
            attentionMask: theirs.getAttentionMask(),
            specialTokensMask: theirs.getSpecialTokensMask(),
          });
          expect(ours.encode(text, { pair, addSpecialTokens })).toEqual(ids);
        }
      }
    },
  );

  it("names what doesn't fit together", () => {
    const pieces = ["a", "b", "c", undefined];
    const parse = (json: object): unknown => parsePostProcessor(json, pieces);
    expect(() => parse({ type: "BertProcessing" })).toThrow('post_processor.type: unknown type "BertProcessing"');
    expect(() => parse(template("$A0 y0", "$A0 $B0"))).toThrow(
      "post_processor.special_tokens.y.ids[0]: expected an id of the vocabulary, got 3",
    );
    expect(() => parse(template("$A0 z0", "$A0 $B0"))).toThrow(
      "post_processor.special_tokens.z: expected an object, got undefined",
    );
    expect(() => parse(template("$A0", "$A0"))).toThrow("post_processor.pair: expected texts A and B");
    expect(() => parse(template("$B0", "$A0 $B0"))).toThrow("post_processor.single: expected text A only");
    expect(() => parse(sequence(template("$A0", "$A0 $B0"), template("$A0", "$A0 $B0")))).toThrow(
      "expected one template at most",
    );
  });
});
