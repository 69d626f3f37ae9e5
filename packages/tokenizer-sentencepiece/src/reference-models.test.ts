import { describe, expect, it } from "vitest";
import { loadSentencePiece } from "./load-sentencepiece.js";
import { parseModel, writeModel } from "./model-file/model-file.js";
import { readData, realLines } from "./testing/fixtures.js";
import { hardTexts } from "./testing/hard-texts.js";
import { HAS_REFERENCE, HAS_TRAINER, runReference, trainReference } from "./testing/reference.js";

// SentencePiece trains a model for each flag that changes ids, and both sides use it: the file as it is, and as we write it.

const TRAINING = [
  ...readData("gutenberg-en/alice-in-wonderland.txt.gz").split("\n").slice(100, 500),
  ...readData("tatoeba-en-zh/valid.tsv.gz").split("\n").slice(0, 300),
  ...Array<string>(20).fill("k<x>g  <y> in 2024, ５６ ａｂ ab12 \tﬁne ①② ½ e\u0301"),
].join("\n");

const TEXTS = [
  ...hardTexts(120, 7),
  ...realLines(25),
  ..."a<x>b|<x>  <y>|<c>|<s></s>|a▁b| ▁ a|ab▁▁ab|1234 ５６|<0x41>|\u0000a".split("|"),
];

const BPE = "--model_type=bpe";
const WORD = "--model_type=word";
const CHARACTER = "--model_type=char";
const BYTES = "--byte_fallback=true";
const KEEPS_SPACES = "--remove_extra_whitespaces=false";
const NO_MARK = "--add_dummy_prefix=false";
const SUFFIX = "--treat_whitespace_as_suffix=true";
const USER_DEFINED = "--user_defined_symbols=<x>,<y>,▁▁,ab";

const CASES: string[][] = [
  ["--pad_id=0", "--eos_id=1", "--unk_id=2", "--bos_id=-1"],
  ["--unk_piece=[UNK]", "--bos_piece=[B]", "--unk_surface=?", "--unk_id=5", "--bos_id=6", "--eos_id=7"],
  [BPE],
  [WORD],
  [CHARACTER],
  [BYTES],
  [BYTES, BPE],
  [BYTES, CHARACTER],
  [USER_DEFINED],
  [USER_DEFINED, BPE],
  [USER_DEFINED, CHARACTER],
  ["--control_symbols=<c>,<x>"],
  [NO_MARK],
  [KEEPS_SPACES, BPE],
  [KEEPS_SPACES, NO_MARK, WORD],
  [SUFFIX],
  [SUFFIX, KEEPS_SPACES, BPE],
  [SUFFIX, NO_MARK],
  ["--allow_whitespace_only_pieces=true", KEEPS_SPACES],
  ["--split_by_whitespace=false"],
  ["--split_by_whitespace=false", SUFFIX, BPE],
  ["--split_digits=true", "--split_by_unicode_script=false", "--split_by_number=false"],
  ["--normalization_rule_name=nfkc_cf"],
  ["--normalization_rule_name=nmt_nfkc_cf", BPE],
  ["--normalization_rule_name=identity"],
  [BYTES, "--user_defined_symbols=<x>,▁<y>", "--control_symbols=<c>", KEEPS_SPACES, NO_MARK, "--split_digits=true"],
  [BPE, BYTES, "--normalization_rule_name=identity", KEEPS_SPACES, "--allow_whitespace_only_pieces=true"],
];

describe.skipIf(!(HAS_REFERENCE && HAS_TRAINER))("a model trained by SentencePiece", () => {
  it.each(CASES.map((flags) => [flags.join(" "), flags] as const))("is used as SentencePiece does: %s", (_, flags) => {
    const size = ["--vocab_size=900", "--hard_vocab_limit=false", "--character_coverage=0.98", "--num_threads=1"];
    const file = trainReference(TRAINING, [...size, ...flags]);
    const model = parseModel(file);
    expect(Buffer.compare(writeModel(model), file)).toBe(0);

    // A file in other bytes for the same model: the fields that change nothing left out.
    const { input: _input, modelPrefix: _prefix, vocabSize: _size, ...trainer } = model.trainer;
    const written = writeModel({ ...model, trainer });
    const isUnigram = (trainer.modelType ?? 1) === 1;
    const tokenizer = loadSentencePiece(written);
    for (const [i, expected] of runReference(written, TEXTS, isUnigram).entries()) {
      const text = TEXTS[i]!;
      const { ids, pieces, offsets } = tokenizer.encodeDetailed(text, { offsets: "code-points" });
      const nBest = isUnigram ? { nBest: tokenizer.encodeNBest(text, 3).map((each) => each.ids) } : {};
      expect({ text, ids, pieces, offsets, decoded: tokenizer.decode(ids), ...nBest }).toEqual({ text, ...expected });
      expect(tokenizer.encode(text)).toEqual(ids);
    }
  });
});
