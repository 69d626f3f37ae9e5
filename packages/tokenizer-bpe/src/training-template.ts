import { FALLBACK_PIECES } from "./bpe-model.js";
import { GPT2_PATTERN, GPT4_PATTERN, METASPACE_PATTERN, MULTILINGUAL_PATTERN } from "./pre-tokenizers/word-patterns.js";
import type { TokenizerJson } from "./tokenizer-json.js";
import type { SpecialToken, TrainBpeOptions } from "./train-options.js";

/** Pad 0, end 1 and unknown 2 as in T5's own vocabulary. */
export const T5_SPECIAL_TOKENS: readonly SpecialToken[] = [
  { content: "<pad>", role: "pad" },
  { content: "</s>", role: "end" },
  { content: "<unk>", role: "unknown" },
  { content: "<s>", role: "start" },
  { content: "<mask>", role: "mask" },
];

/** The special tokens, `<extra_id_i>` from the last to the first, and all of a tokenizer.json that's known before training. */
export type TrainingTemplate = {
  readonly special: readonly string[];
  readonly sentinels: readonly string[];
  /** What comes before the alphabet: special tokens, and pieces for bytes. */
  readonly firstPieces: readonly string[];
  /** The file for a vocabulary, whose last ids are the sentinels'. */
  fill(pieces: readonly string[], merges: readonly [string, string][]): TokenizerJson;
};

export function trainingTemplate(options: TrainBpeOptions): TrainingTemplate {
  const {
    specialTokens = T5_SPECIAL_TOKENS,
    sentinels: count = 100,
    normalizer = null,
    pattern = "multilingual",
  } = options;
  const isByteLevel = options.preTokenizer !== "metaspace";
  const hasFallback = !isByteLevel && options.byteFallback === true;
  const special = specialTokens.map((token) => token.content);
  const sentinels = Array.from({ length: count }, (_, i) => `<extra_id_${count - 1 - i}>`);
  const firstPieces = hasFallback ? [...special, ...FALLBACK_PIECES] : special;
  const all = [...firstPieces, ...sentinels];
  const wrong = all.find((piece, index) => piece === "" || all.indexOf(piece) < index);
  if (wrong !== undefined)
    throw new Error(`trainBpe: specialTokens: expected different texts that aren't empty, got "${wrong}"`);
  const pretokenizers = isByteLevel
    ? [split(PATTERNS[pattern]), { ...BYTE_LEVEL, use_regex: false }]
    : [METASPACE, split(METASPACE_PATTERN)];
  return {
    special,
    sentinels,
    firstPieces,
    fill: (pieces, merges) => ({
      version: "1.0",
      truncation: null,
      padding: null,
      added_tokens: [...special.entries(), ...sentinels.map((piece, i) => [pieces.length + i, piece] as const)].map(
        ([id, content]) => ({
          id,
          content,
          single_word: false,
          lstrip: false,
          rstrip: false,
          normalized: false,
          special: true,
        }),
      ),
      normalizer,
      pre_tokenizer: { type: "Sequence", pretokenizers },
      post_processor: markTemplate(specialTokens, options.marks ?? "end"),
      decoder: isByteLevel ? BYTE_LEVEL : hasFallback ? FALLBACK_DECODER : METASPACE,
      model: {
        type: "BPE",
        dropout: null,
        unk_token: specialTokens.find((token) => token.role === "unknown")?.content ?? null,
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

const PATTERNS = { gpt2: GPT2_PATTERN, gpt4: GPT4_PATTERN, multilingual: MULTILINGUAL_PATTERN };

const BYTE_LEVEL = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true };

const METASPACE = { type: "Metaspace", replacement: "▁", prepend_scheme: "always", split: true };

const FALLBACK_DECODER = {
  type: "Sequence",
  decoders: [
    { type: "Replace", pattern: { String: "▁" }, content: " " },
    { type: "ByteFallback" },
    { type: "Fuse" },
    { type: "Strip", content: " ", start: 1, stop: 0 },
  ],
};

function split(pattern: string): object {
  return { type: "Split", pattern: { Regex: pattern }, behavior: "Isolated", invert: false };
}

function markTemplate(tokens: readonly SpecialToken[], marks: "end" | "start-end" | "none"): object | null {
  if (marks === "none") return null;
  const special_tokens: Record<string, object> = {};
  const mark = (role: "start" | "end"): object => {
    const id = tokens.findIndex((token) => token.role === role);
    if (id < 0) throw new Error(`trainBpe: marks: "${marks}" needs a special token with the role "${role}"`);
    const { content } = tokens[id]!;
    special_tokens[content] = { id: content, ids: [id], tokens: [content] };
    return { SpecialToken: { id: content, type_id: 0 } };
  };
  const [a, b] = ["A", "B"].map((id) => ({ Sequence: { id, type_id: 0 } }));
  const end = mark("end");
  const single = marks === "end" ? [a, end] : [mark("start"), a, end];
  return { type: "TemplateProcessing", single, pair: [...single, b, end], special_tokens };
}
