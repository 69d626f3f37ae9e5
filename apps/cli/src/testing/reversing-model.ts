import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const FIXTURE = fileURLToPath(new URL("../../../../packages/t5-model/fixtures/v1.0-relu-tied", import.meta.url));

/** A folder for the files of a test, and how to take it away. */
export function makeFolder(): { folder: string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), "t5-"));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/**
 * A copy of the tiny model that transformers was run on and that reverses its input, with a tokenizer that calls the ids
 * 3 to 39 by a letter each: so what transformers made of ids can be expected as text.
 */
export function copyReversingModel(folder: string): string {
  const path = join(folder, "reversing");
  cpSync(FIXTURE, path, { recursive: true });
  writeFileSync(join(path, "tokenizer.json"), JSON.stringify(letterTokenizer()));
  return path;
}

/** The text of ids, marks left out. */
export function letters(ids: readonly number[]): string {
  return ids.map((id) => LETTERS[id - FIRST_LETTER] ?? "").join("");
}

/** What transformers made of some ids. */
export type ReferenceCase = {
  input_ids: number[][];
  labels: number[][];
  expected: {
    loss: number;
    greedy: number[][];
    "beam4_lp0.6_top2": { sequences: number[][]; scores: number[] };
    "greedy_norepeat2_rep1.3": number[][];
    cross_attention_layer0: number[][][][];
  };
};

export function referenceCases(): ReferenceCase[] {
  return JSON.parse(readFileSync(join(FIXTURE, "cases.json"), "utf8")).cases;
}

const LETTERS = [..."abcdefghijklmnopqrstuvwxyzABCDEFGHIJK"];
const MARKS = ["<pad>", "</s>", "<unk>"];
const FIRST_LETTER = MARKS.length;

function letterTokenizer(): object {
  const end = { SpecialToken: { id: "</s>", type_id: 0 } };
  const text = (id: string): object => ({ Sequence: { id, type_id: 0 } });
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: MARKS.map((content, id) => ({
      id,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: null,
    pre_tokenizer: null,
    post_processor: {
      type: "TemplateProcessing",
      single: [text("A"), end],
      pair: [text("A"), end, text("B"), end],
      special_tokens: { "</s>": { id: "</s>", ids: [1], tokens: ["</s>"] } },
    },
    decoder: { type: "Fuse" },
    model: {
      type: "BPE",
      dropout: null,
      unk_token: "<unk>",
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: Object.fromEntries([...MARKS, ...LETTERS].map((piece, id) => [piece, id])),
      merges: [],
    },
  };
}
