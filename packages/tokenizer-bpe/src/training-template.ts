import { FALLBACK_PIECES } from "./bpe-model.js";
import { GPT2_PATTERN, GPT4_PATTERN, METASPACE_PATTERN, MULTILINGUAL_PATTERN } from "./pre-tokenizers/word-patterns.js";
import type { TokenizerJson } from "./tokenizer-json.js";
import type { SpecialToken, TrainBpeOptions } from "./train-bpe.js";

/** Everything of a tokenizer.json that is settled before training. */
export type TokenizerDraft = {
  readonly normalizer: object | null;
  readonly preTokenizer: object;
  /** Special tokens and pieces for bytes: the first ids. */
  readonly firstPieces: readonly string[];
  /** The last ids, in their order. */
  readonly sentinels: readonly string[];
  finish(pieces: readonly string[], merges: readonly [string, string][]): TokenizerJson;
};

/** Pad 0, end 1 and unknown 2 as in T5's own vocabulary. */
export const T5_SPECIAL_TOKENS: readonly SpecialToken[] = [
  { content: "<pad>", role: "pad" },
  { content: "</s>", role: "end" },
  { content: "<unk>", role: "unknown" },
  { content: "<s>", role: "start" },
  { content: "<mask>", role: "mask" },
];

export function draftTokenizerJson(options: TrainBpeOptions): TokenizerDraft {
  const { specialTokens = T5_SPECIAL_TOKENS, sentinels = 100, marks = "end" } = options;
  const isByteLevel = options.preTokenizer !== "metaspace";
  const hasFallback = !isByteLevel && options.byteFallback === true;
  const sentinelPieces = Array.from({ length: sentinels }, (_, i) => `<extra_id_${sentinels - 1 - i}>`);
  const contents = specialTokens.map((token) => token.content);
  const firstPieces = [...contents, ...(hasFallback ? FALLBACK_PIECES : [])];
  const repeated = [...firstPieces, ...sentinelPieces].find(
    (piece, index, all) => piece === "" || all.indexOf(piece) !== index,
  );
  if (repeated !== undefined)
    throw new Error(
      `trainBpe: specialTokens: expected different texts that aren't empty, got "${repeated}" twice or empty`,
    );
  const contentOf = (role: SpecialToken["role"]): string | undefined =>
    specialTokens.find((token) => token.role === role)?.content;
  return {
    normalizer: options.normalizer ?? null,
    preTokenizer: isByteLevel ? byteLevelJson(options.pattern ?? "multilingual") : METASPACE_JSON,
    firstPieces,
    sentinels: sentinelPieces,
    finish: (pieces, merges) => ({
      version: "1.0",
      truncation: null,
      padding: null,
      added_tokens: [
        ...contents.entries(),
        ...sentinelPieces.map((piece, i) => [pieces.length + i, piece] as const),
      ].map(([id, content]) => ({
        id,
        content,
        single_word: false,
        lstrip: false,
        rstrip: false,
        normalized: false,
        special: true,
      })),
      normalizer: options.normalizer ?? null,
      pre_tokenizer: isByteLevel ? byteLevelJson(options.pattern ?? "multilingual") : METASPACE_JSON,
      post_processor: templateJson(marks, contents, contentOf),
      decoder: isByteLevel ? BYTE_LEVEL_DECODER : hasFallback ? FALLBACK_DECODER : METASPACE,
      model: {
        type: "BPE",
        dropout: null,
        unk_token: contentOf("unknown") ?? null,
        continuing_subword_prefix: null,
        end_of_word_suffix: null,
        fuse_unk: true,
        byte_fallback: hasFallback,
        ignore_merges: false,
        vocab: Object.fromEntries(pieces.map((piece, id) => [piece, id])),
        merges,
      },
    }),
  };
}

const METASPACE = { type: "Metaspace", replacement: "▁", prepend_scheme: "always", split: true };

const METASPACE_JSON = { type: "Sequence", pretokenizers: [METASPACE, splitJson(METASPACE_PATTERN)] };

const BYTE_LEVEL_DECODER = { type: "ByteLevel", add_prefix_space: true, trim_offsets: true, use_regex: true };

const FALLBACK_DECODER = {
  type: "Sequence",
  decoders: [
    { type: "Replace", pattern: { String: "▁" }, content: " " },
    { type: "ByteFallback" },
    { type: "Fuse" },
    { type: "Strip", content: " ", start: 1, stop: 0 },
  ],
};

function byteLevelJson(pattern: "gpt2" | "gpt4" | "multilingual"): object {
  const source = { gpt2: GPT2_PATTERN, gpt4: GPT4_PATTERN, multilingual: MULTILINGUAL_PATTERN }[pattern];
  const byteLevel = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: false };
  return { type: "Sequence", pretokenizers: [splitJson(source), byteLevel] };
}

function splitJson(pattern: string): object {
  return { type: "Split", pattern: { Regex: pattern }, behavior: "Isolated", invert: false };
}

function templateJson(
  marks: "end" | "start-end" | "none",
  contents: readonly string[],
  contentOf: (role: "start" | "end") => string | undefined,
): object | null {
  if (marks === "none") return null;
  const used: string[] = [];
  const mark = (role: "start" | "end"): object => {
    const content = contentOf(role);
    if (content === undefined)
      throw new Error(`trainBpe: marks: "${marks}" needs a special token with the role "${role}"`);
    used.push(content);
    return { SpecialToken: { id: content, type_id: 0 } };
  };
  const text = (id: "A" | "B"): object => ({ Sequence: { id, type_id: 0 } });
  const start = marks === "start-end" ? [mark("start")] : [];
  const end = mark("end");
  return {
    type: "TemplateProcessing",
    single: [...start, text("A"), end],
    pair: [...start, text("A"), end, text("B"), end],
    special_tokens: Object.fromEntries(
      used.map((content) => [content, { id: content, ids: [contents.indexOf(content)], tokens: [content] }]),
    ),
  };
}
