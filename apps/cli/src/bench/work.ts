import { T5_SMALL, T5_TINY, type T5Config } from "@t5ts/t5-model";

/** One thing that is measured. `what` and `size` are its names in the output. */
export type Work = { what: string; size: string } & (
  | { kind: "gemm"; gemm: GemmShape }
  | { kind: "model"; model: ModelShape }
  | { kind: "tokenizer"; tokenizer: TokenizerKind }
);

/** What is done with texts: ids by a vocabulary of ours, byte pairs or unigram, or by OpenAI's; or learning byte pairs. */
export type TokenizerKind = "bpe" | "cl100k" | "unigram" | "train";

/**
 * A product [batch, m, k] × [batch, k, n], float32. `layout` says how its operands are stored, n as they are multiplied
 * and t transposed: in `nt` the second one is [batch, n, k].
 */
export type GemmShape = { layout: "nn" | "nt" | "tn"; batch: number; m: number; k: number; n: number };

/** What a peer has to know to build the same T5 v1.0. */
export type ModelShape = { vocab: number; d: number; dkv: number; ff: number; layers: number; heads: number };

export const MODEL_SIZES = { small: T5_SMALL, tiny: T5_TINY } as const satisfies Record<string, T5Config>;
export type ModelSize = keyof typeof MODEL_SIZES;

/** Tokens of a training batch: its examples, and what each of them has of input and target. */
export const TRAIN_BATCH = { batch: 8, inputLength: 128, targetLength: 32 } as const;

/** What is done with a model. */
export const MODEL_WORK = ["train_step", "encode128", "generate32_beam1", "generate32_beam4"] as const;

/** All work that the options leave, products first. */
export function selectWork({ size, only }: { size?: ModelSize; only?: readonly string[] }): Work[] {
  const sizes = size === undefined ? (Object.keys(MODEL_SIZES) as ModelSize[]) : [size];
  const models = sizes.flatMap((name) => MODEL_WORK.map((what) => modelWork(what, name)));
  const work: Work[] = [...GEMM_SHAPES.map(gemmWork), ...models, ...TOKENIZER_WORK];
  if (only === undefined) return work;
  return work.filter(({ what }) => only.some((name) => what === name || what.startsWith(`${name}_`)));
}

/** What the work consists of, for people. */
export function describeWork(work: Work): string {
  if (work.kind === "gemm")
    return `${work.gemm.batch === 1 ? "" : `${work.gemm.batch} × `}${LAYOUTS[work.gemm.layout]}`;
  if (work.kind === "tokenizer") return TOKENIZER_ABOUT[work.tokenizer];
  const { batch, inputLength, targetLength } = TRAIN_BATCH;
  switch (work.what) {
    case "train_step":
      return `forward, backward, AdamW; ${batch} × ${inputLength} → ${batch} × ${targetLength} tokens, dropout 0.1`;
    case "encode128":
      return "the encoder on 128 tokens";
    default:
      return `32 tokens from 128, the encoder included${work.what.endsWith("4") ? ", 4 beams" : ", greedy"}`;
  }
}

/** The products of T5-small: its feed-forward in both directions, its output layer, a token of decoding, attention. */
const GEMM_SHAPES: readonly GemmShape[] = [
  { layout: "nn", batch: 1, m: 512, k: 512, n: 2048 },
  { layout: "nt", batch: 1, m: 512, k: 512, n: 2048 },
  { layout: "tn", batch: 1, m: 512, k: 512, n: 2048 },
  { layout: "nt", batch: 1, m: 256, k: 512, n: 32128 },
  { layout: "nt", batch: 1, m: 1, k: 512, n: 2048 },
  { layout: "nt", batch: 64, m: 128, k: 64, n: 128 },
];

const LAYOUTS = { nn: "[m, k] × [k, n]", nt: "[m, k] × [n, k]ᵀ", tn: "[k, m]ᵀ × [k, n]" };

/** `size` is that of the vocabulary. */
const TOKENIZER_WORK: readonly Work[] = [
  { what: "tokenizer", size: "8000", kind: "tokenizer", tokenizer: "bpe" },
  { what: "tokenizer_cl100k", size: "100256", kind: "tokenizer", tokenizer: "cl100k" },
  { what: "tokenizer_unigram", size: "8000", kind: "tokenizer", tokenizer: "unigram" },
  // The binding of `tokenizers` for Node trains with its defaults only, which are 30,000 pieces.
  { what: "tokenizer_train", size: "30000", kind: "tokenizer", tokenizer: "train" },
];

const TOKENIZER_ABOUT: Record<TokenizerKind, string> = {
  bpe: "lines to ids, byte pair encoding",
  cl100k: "lines to ids, the vocabulary of GPT-4",
  unigram: "lines to ids, unigram",
  train: "lines to a vocabulary, byte pair encoding",
};

function gemmWork(gemm: GemmShape): Work {
  const { layout, batch, m, k, n } = gemm;
  const sizes = batch === 1 ? [m, k, n] : [batch, m, k, n];
  return { what: `gemm_${layout}`, size: sizes.join("x"), kind: "gemm", gemm };
}

function modelWork(what: string, size: ModelSize): Work {
  const { vocabSize, dModel, dKv, dFf, numLayers, numHeads } = MODEL_SIZES[size];
  const model = { vocab: vocabSize, d: dModel, dkv: dKv, ff: dFf, layers: numLayers, heads: numHeads };
  return { what, size, kind: "model", model };
}
