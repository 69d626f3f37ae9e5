import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { loadSentencePiece } from "../load-sentencepiece.js";
import { HAS_FIXTURES, readFixture } from "../testing/fixtures.js";
import { BYTES, smallModel } from "../testing/small-model.js";
import { parseModel, writeModel } from "./model-file.js";
import { ModelFileError } from "./model-file-error.js";

const MODEL = smallModel({ "▁": -2, "▁a": -3.5, b: -4.25, ab: -5 }, { "user-defined": ["<x>"], unused: ["zz"] });

describe("writeModel", () => {
  it("writes what parseModel reads", () => {
    const model = {
      ...MODEL,
      trainer: {
        ...MODEL.trainer,
        input: ["a", "b"],
        characterCoverage: Math.fround(0.9995),
        inputSentenceSize: 2 ** 40,
        bosId: -1,
      },
      normalizer: {
        name: "x",
        precompiledCharsmap: Uint8Array.of(),
        addDummyPrefix: false,
        removeExtraWhitespaces: true,
      },
      denormalizer: { name: "y" },
      otherFields: Uint8Array.of(0x22, 0x02, 0x0a, 0x00), // self_test_data
    };
    expect(parseModel(writeModel(model))).toEqual(model);
  });

  it("keeps fields it doesn't know", () => {
    const file = writeModel(MODEL);
    const unknown = [0xc2, 0x0c, 3, 1, 2, 3]; // field 200, an extension
    const model = parseModel(Uint8Array.from([...file, ...unknown]));
    expect([...model.otherFields!]).toEqual(unknown);
    expect(writeModel(model)).toEqual(Uint8Array.from([...file, ...unknown]));
  });

  it
    .skipIf(!HAS_FIXTURES)
    .each(["t5_base", "hf_spiece_30k", "axlearn_bpe_32k_c4", "seqio_test_26", "keras_t5_test_vocab"])(
    "gives %s.model back byte for byte",
    (name) => {
      const file = readFixture(`${name}.model`);
      expect(Buffer.compare(writeModel(parseModel(file)), file)).toBe(0);
    },
  );
});

describe("parseModel", () => {
  const problem = (file: Uint8Array): string => {
    try {
      loadSentencePiece(file);
      return "";
    } catch (error) {
      expect(error).toBeInstanceOf(ModelFileError);
      return (error as ModelFileError).path;
    }
  };

  it("names the field where a file breaks off", () => {
    const file = writeModel(MODEL);
    const paths = new Set<string>();
    for (let end = 0; end < file.length; end++) paths.add(problem(file.subarray(0, end)));
    expect([...paths]).toEqual(expect.arrayContaining(["pieces[0]", "pieces[4]", "trainer_spec", "normalizer_spec"]));
  });

  it("throws nothing but its own error on files with wrong bytes", () => {
    const file = writeModel(
      smallModel({ "▁": -2, a: -3, b: -4 }, { byte: BYTES.slice(0, 3), "user-defined": ["<x>"] }),
    );
    const change = fc.tuple(fc.nat(file.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const wrong = file.slice();
        for (const [at, byte] of changes) wrong[at] = byte;
        problem(wrong);
      }),
      { numRuns: 2000 },
    );
  });

  it.skipIf(!HAS_FIXTURES)("ends on T5's file cut or changed anywhere, with nothing but its own error", () => {
    const file = readFixture("t5_base.model");
    const cuts = fc.sample(fc.nat(file.length - 1), { numRuns: 25, seed: 3 });
    const changes = fc.sample(
      fc.array(fc.tuple(fc.nat(file.length - 1), fc.nat(255)), { minLength: 1, maxLength: 50 }),
      {
        numRuns: 25,
        seed: 4,
      },
    );
    for (const end of cuts) problem(file.subarray(0, end));
    for (const list of changes) {
      const wrong = file.slice();
      for (const [at, byte] of list) wrong[at] = byte;
      problem(wrong);
    }
  });

  it.each([
    ["a piece of 4 GB", [0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x0a], "pieces[0]"],
    ["a piece of 2^63 bytes", [0x0a, ...Array(8).fill(0xff), 0x7f], "pieces[0]"],
    ["a text of 2 GB in a piece", [0x0a, 7, 0x0a, 0xff, 0xff, 0xff, 0xff, 0x07, 97], "pieces[0].piece"],
    ["a specification of 4 GB", [0x0a, 3, 0x0a, 1, 97, 0x12, 0xff, 0xff, 0xff, 0xff, 0x0f], "trainer_spec"],
    ["groups in groups", [0x0a, 3, 0x0a, 1, 97, ...Array(100_000).fill(0x2b)], "denormalizer_spec"],
    ["a piece of no bytes", [0x0a, 0], "pieces[0].piece"],
    ["a piece with an infinite score", [0x0a, 8, 0x0a, 1, 97, 0x15, 0, 0, 0x80, 0x7f], "pieces[0].score"],
    ["a piece of type 9", [0x0a, 10, 0x0a, 1, 97, 0x15, 0, 0, 0x80, 0x3f, 0x18, 9], "pieces[0].type"],
  ])("names the field that declares %s", (_, file, path) => {
    expect(problem(Uint8Array.from(file))).toBe(path);
  });

  it("reads pieces in any order of fields as those in the usual one", () => {
    const usual = [0x0a, 12, 0x0a, 3, 97, 98, 99, 0x15, 0, 0, 0x80, 0xbf, 0x18, 2];
    const other = [0x0a, 12, 0x18, 2, 0x15, 0, 0, 0x80, 0xbf, 0x0a, 3, 97, 98, 99];
    const expected = { piece: "abc", score: -1, type: "unknown" };
    expect(parseModel(Uint8Array.from([...usual, ...other, ...usual])).pieces).toEqual([expected, expected, expected]);
  });

  it("accepts the texts that a decoder of UTF-8 accepts, and names the others", () => {
    const byte = fc.oneof(fc.constantFrom(0x61, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf), fc.integer({ min: 1, max: 255 }));
    const lead = fc.constantFrom(0xc1, 0xc2, 0xdf, 0xe0, 0xe2, 0xed, 0xef, 0xf0, 0xf1, 0xf4, 0xf5);
    const text = fc
      .tuple(fc.oneof(byte, lead), fc.array(byte, { maxLength: 4 }))
      .map(([first, rest]) => [first, ...rest]);
    fc.assert(
      fc.property(
        fc.oneof(
          text,
          fc.string({ unit: "binary", minLength: 1 }).map((each) => [...new TextEncoder().encode(each)]),
        ),
        (bytes) => {
          const file = Uint8Array.from([0x0a, 3, 0x0a, 1, 97, 0x0a, bytes.length + 2, 0x0a, bytes.length, ...bytes]);
          const parse = (): string => parseModel(file).pieces[1]!.piece;
          let expected: string | undefined;
          try {
            expected = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(bytes));
          } catch {}
          if (expected === undefined || bytes.includes(0)) expect(parse).toThrow("pieces[1].piece: expected text");
          else expect(parse()).toBe(expected);
        },
      ),
      { numRuns: 500 },
    );
  });

  it("takes names of what objects have for pieces", () => {
    const names = ["__proto__", "constructor", "toString", "▁hasOwnProperty"];
    const scores = Object.fromEntries(["▁", ..."_acdehnoprstuwy"].map((each) => [each, -9]));
    const model = smallModel(scores, { "user-defined": names, control: ["valueOf"] });
    const tokenizer = loadSentencePiece(writeModel(model));
    const text = "__proto__ constructor hasOwnProperty valueOf";
    expect(tokenizer.encodeDetailed(text).pieces).toEqual(expect.arrayContaining(["__proto__", "constructor"]));
    expect(tokenizer.decode(tokenizer.encode("__proto__ toString"))).toBe("__proto__ toString");
    expect(tokenizer.idOf("valueOf")).toBe(model.pieces.length - 1);
    expect(tokenizer.idOf("isPrototypeOf")).toBe(undefined);
  });

  it.each([
    ["in any form", [0x0a, 3, 0x0a, 1, 97], "pieces: expected at most 1048576, got more"],
    [
      "as SentencePiece writes them",
      [0x0a, 8, 0x0a, 1, 97, 0x15, 0, 0, 0x80, 0xbf],
      "pieces: expected at most 1048576, got more",
    ],
    ["that are empty", [0x0a, 0], "pieces[0].piece: expected a text that isn't empty"],
  ])("refuses ten million pieces %s before they're in memory", (_, piece, message) => {
    expect(() => parseModel(Buffer.alloc(piece.length * 1e7, Buffer.from(piece)))).toThrow(message);
  });

  it.each([
    ["names of files", [0x0a, 0]],
    ["fields that aren't known", [0xd0, 0x0c, 1]],
  ])("refuses ten million %s in a specification", (_, field) => {
    const content = Buffer.alloc(field.length * 1e7, Buffer.from(field));
    const size = [content.length & 127, (content.length >> 7) & 127, (content.length >> 14) & 127].map(
      (part) => part | 128,
    );
    const file = Buffer.concat([Buffer.from([0x0a, 3, 0x0a, 1, 97, 0x12, ...size, content.length >> 21]), content]);
    expect(problem(file)).toBe("trainer_spec.a field");
  });

  it("takes a number of pieces that a specification claims for what it is", () => {
    const model = { ...MODEL, trainer: { ...MODEL.trainer, vocabSize: 1e8 } };
    expect(loadSentencePiece(writeModel(model)).vocabSize).toBe(MODEL.pieces.length);
  });

  it.each([
    ["no piece", { ...MODEL, pieces: [] }, "pieces"],
    ["no unknown piece", { ...MODEL, pieces: MODEL.pieces.filter(({ type }) => type !== "unknown") }, "pieces"],
    [
      "two unknown pieces",
      { ...MODEL, pieces: [...MODEL.pieces, { piece: "?", score: 0, type: "unknown" as const }] },
      "pieces[9].type",
    ],
    ["a piece twice", { ...MODEL, pieces: [...MODEL.pieces, MODEL.pieces[4]!] }, "pieces[9].piece"],
    ["an empty piece", smallModel({ "": 1 }), "pieces[3].piece"],
    ["a piece with U+0000", smallModel({ "a\0b": 1 }), "pieces[3].piece"],
    ["a piece of 8000 bytes", smallModel({ ["é".repeat(4000)]: 1 }), "pieces[3].piece"],
    ["a byte without byte_fallback", { ...smallModel({}, { byte: ["<0x00>"] }), trainer: {} }, "pieces[3].type"],
    ["a byte that is none", smallModel({}, { byte: ["<0xzz>"] }), "pieces[3].piece"],
    ["too few bytes", smallModel({}, { byte: BYTES.slice(1) }), "pieces"],
    ["an unknown type of model", { ...MODEL, trainer: { modelType: 9 } }, "trainer_spec.model_type"],
    [
      "rules of no length",
      { ...MODEL, normalizer: { precompiledCharsmap: Uint8Array.of(9) } },
      "normalizer_spec.precompiled_charsmap",
    ],
  ])("refuses %s", (_, model, path) => {
    expect(problem(writeModel(model))).toBe(path);
  });
});
