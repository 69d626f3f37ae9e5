import { describe, expect, it } from "vitest";
import { TokenizerJsonError } from "./json-fields.js";
import { loadTokenizer } from "./load-tokenizer.js";
import { fileOf } from "./testing/hugging-face.js";
import { parseTokenizerJson } from "./tokenizer-json.js";

const vocab = { "<unk>": 0, a: 1, b: 2, ab: 3 };
const merges = [["a", "b"]];

/** A file that's right, but for these fields. */
const file = (model: object, stages: object = {}): object => fileOf({ vocab, merges, ...model }, stages);

function nested(depth: number): object {
  let sequence: object = { type: "NFC" };
  for (let i = 0; i < depth; i++) sequence = { type: "Sequence", normalizers: [sequence] };
  return sequence;
}

/** A template whose only mark has these ids. */
function template(ids: unknown[]): object {
  const single = [{ Sequence: { id: "A", type_id: 0 } }, { SpecialToken: { id: "a", type_id: 0 } }];
  const pair = [...single, { Sequence: { id: "B", type_id: 0 } }];
  return { type: "TemplateProcessing", single, pair, special_tokens: { a: { id: "a", ids, tokens: [] } } };
}

/** A list in a list, so many times. */
function lists(depth: number): unknown {
  return JSON.parse("[".repeat(depth) + "]".repeat(depth));
}

describe("parseTokenizerJson", () => {
  it.each([
    [null, "", "expected an object, got null"],
    ["a tokenizer", "", 'expected an object, got "a tokenizer"'],
    [[], "", "expected an object, got a list"],
    [{}, "model", "expected an object, got undefined"],
    [file({ type: "Unigram" }), "model.type", "use @t5ts/tokenizer-sentencepiece"],
    [file({ type: "WordPiece" }), "model.type", 'expected "BPE", got "WordPiece"'],
    [file({ type: 5 }), "model.type", "expected a string, got 5"],
    [file({ vocab: [] }), "model.vocab", "expected an object, got a list"],
    [file({ vocab: { a: "1" } }), 'model.vocab["a"]', 'expected an integer from 0 to 524287, got "1"'],
    [file({ vocab: { a: -1 } }), 'model.vocab["a"]', "expected an integer from 0 to 524287, got -1"],
    [file({ vocab: { a: 0.5 } }), 'model.vocab["a"]', "got 0.5"],
    [file({ vocab: { ["a".repeat(1e6)]: -1 } }), `model.vocab["${"a".repeat(60)}"]`, "got -1"],
    [
      file({ vocab: Object.fromEntries(Array.from({ length: 600_000 }, (_, i) => [`x${i}`, 0])) }),
      "model.vocab",
      "more than 524288 pieces",
    ],
    [file({ vocab: { a: 4e9 } }), 'model.vocab["a"]', "got 4000000000"],
    [file({ vocab: { ...vocab, c: 2 } }), 'model.vocab["c"]', 'has the id 2 of "b"'],
    [file({ merges: {} }), "model.merges", "expected a list of at most 524288 items, got an object"],
    [file({ merges: [["a", "c"]] }), "model.merges[0]", '"c" isn\'t in the vocabulary'],
    [file({ merges: [["a", "a"]] }), "model.merges[0]", '"aa" isn\'t in the vocabulary'],
    [file({ merges: [["ab", ""]] }), "model.merges[0]", 'expected two pieces, as ["a", "b"] or "a b", got a list'],
    [file({ merges: ["a b", "ab"] }), "model.merges[1]", 'expected two pieces, as ["a", "b"] or "a b", got "ab"'],
    [file({ merges: [["a", "b", "c"]] }), "model.merges[0]", "expected two pieces"],
    [file({ merges: [{ 0: "a", 1: "b", length: 2 }] }), "model.merges[0]", "expected two pieces"],
    [file({ unk_token: "<none>" }), "model.unk_token", 'expected a piece of the vocabulary, got "<none>"'],
    [file({ dropout: 1.5 }), "model.dropout", "expected null or a number from 0 to 1, got 1.5"],
    [file({ byte_fallback: "yes" }), "model.byte_fallback", 'expected true or false, got "yes"'],
    [file({ continuing_subword_prefix: "##" }), "model.continuing_subword_prefix", 'got "##"'],
    [file({ end_of_word_suffix: "</w>" }), "model.end_of_word_suffix", 'got "</w>"'],
    [
      file({}, { normalizer: nested(9) }),
      `normalizer${".normalizers[0]".repeat(8)}`,
      "sequences nested more than 8 deep",
    ],
    [
      file({}, { normalizer: nested(5000) }),
      `normalizer${".normalizers[0]".repeat(8)}`,
      "sequences nested more than 8 deep",
    ],
    [
      file({}, { normalizer: { type: "Sequence", normalizers: Array(65).fill({ type: "NFC" }) } }),
      "normalizer.normalizers",
      "at most 64 items",
    ],
    [
      file({}, { pre_tokenizer: { type: "Split", pattern: { Regex: "(a+)+" }, behavior: "Isolated" } }),
      "pre_tokenizer.pattern.Regex",
      "exponential time",
    ],
    [file({}, { pre_tokenizer: { type: "__proto__" } }), "pre_tokenizer.type", 'unknown type "__proto__"'],
    [file({}, { truncation: lists(100_000) }), "truncation", "nested too deep"],
    [file({ anything: lists(100_000) }), "model", "nested too deep"],
    [file({}, { normalizer: lists(100_000) }), "normalizer", "expected an object, got a list"],
    [file({ merges: Array(1e8) }), "model.merges", "expected a list of at most 524288 items, got a list"],
    [file({ vocab: { a: 1e8 } }), 'model.vocab["a"]', "got 100000000"],
    [file({}, { added_tokens: Array(1e8) }), "added_tokens", "at most 131072 items"],
    [file({}, { post_processor: template(Array(1e8)) }), "post_processor.special_tokens.a.ids", "at most 256 items"],
    [file({}, { post_processor: template([99]) }), "post_processor.special_tokens.a.ids[0]", "from 0 to 3, got 99"],
    [
      file({}, { normalizer: { type: "Replace", pattern: { Regex: "(?:a|b|ab)*c" }, content: "" } }),
      "normalizer.pattern.Regex",
      "exponential time",
    ],
    [file({}, { added_tokens: {} }), "added_tokens", "expected a list"],
    [file({}, { added_tokens: [{ id: 4, content: "" }] }), "added_tokens[0].content", "isn't empty"],
    [
      file({}, { added_tokens: [{ id: 4, content: "c", lstrip: 1 }] }),
      "added_tokens[0].lstrip",
      "expected true or false, got 1",
    ],
    [file({}, { added_tokens: [{ id: 9e9, content: "c" }] }), "added_tokens[0].id", "got 9000000000"],
    [file({}, { added_tokens: [{ id: 1, content: "c" }] }), "added_tokens[0]", 'where id 1 is "a"'],
    [file({}, { added_tokens: [{ id: 4, content: "a" }] }), "added_tokens[0]", 'where "a" has id 1'],
    [
      file(
        {},
        {
          added_tokens: [
            { id: 4, content: "c" },
            { id: 4, content: "d" },
          ],
        },
      ),
      "added_tokens[1]",
      'where id 4 is "c"',
    ],
  ])("refuses file %#, names the field, and is quick about it", (json, path, problem) => {
    const started = performance.now();
    let error: unknown;
    try {
      parseTokenizerJson(json);
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(TokenizerJsonError);
    expect(error).toMatchObject({ path, message: expect.stringContaining(problem) });
    expect(performance.now() - started).toBeLessThan(2000);
  });

  it("takes nothing from prototypes, and pieces by any name", () => {
    const names = ["__proto__", "constructor", "toString", "hasOwnProperty"];
    const json = JSON.parse(
      JSON.stringify(file({})).replace(
        '"vocab":{',
        `"vocab":{${names.map((name, i) => `"${name}":${10 + i},`).join("")}`,
      ),
    ) as object;
    const tokenizer = loadTokenizer(json);
    expect(names.map((name) => tokenizer.idOf(name))).toEqual([10, 11, 12, 13]);
    expect(JSON.parse(JSON.stringify(tokenizer))).toEqual(json);
    expect(Object.keys(tokenizer.toJSON().model.vocab)).toContain("__proto__");
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    // A field that only a prototype has isn't there.
    expect(() => loadTokenizer(Object.create(file({})) as object)).toThrow("model: expected an object, got undefined");
  });

  it("reads merges written as strings, and lets the later of two merges of a pair count", () => {
    const pieces = { "<unk>": 0, a: 1, b: 2, c: 3, ab: 4, bc: 5 };
    const encode = (merges: string[]): string[] =>
      loadTokenizer(fileOf({ vocab: pieces, merges })).encodeDetailed("abc").pieces;
    expect(encode(["a b", "b c"])).toEqual(["ab", "c"]);
    expect(encode(["a b", "b c", "a b"])).toEqual(["a", "bc"]);
  });

  it("keeps everything it was given when saved, but writes merges as pairs", () => {
    const json = file(
      { merges: ["a b"], dropout: 0.1 },
      {
        truncation: { direction: "Right", max_length: 5, strategy: "LongestFirst", stride: 0 },
        normalizer: nested(2),
        added_tokens: [{ id: 7, content: "c", special: true }],
      },
    );
    expect(JSON.parse(JSON.stringify(loadTokenizer(json)))).toEqual({
      ...json,
      model: { ...(json as { model: object }).model, merges: [["a", "b"]] },
    });
  });

  it("isn't changed by what becomes of the file afterwards", () => {
    const json = structuredClone(file({}, { added_tokens: [{ id: 7, content: "c", special: true }] })) as ReturnType<
      typeof JSON.parse
    >;
    const tokenizer = loadTokenizer(json);
    const before = JSON.stringify(tokenizer);
    json.model.vocab.d = 9;
    json.added_tokens[0].content = "x";
    const copy = tokenizer.toJSON() as ReturnType<typeof JSON.parse>;
    copy.added_tokens.length = 0;
    copy.model.merges.length = 0;
    expect(JSON.stringify(tokenizer)).toBe(before);
  });
});
