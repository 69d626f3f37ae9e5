export type TrainBpeOptions = {
  /** Ids in all: special tokens, alphabet, merged pieces and sentinels. Fewer come out if the texts are too small. */
  readonly vocabSize: number;
  /** Whether words are spelled in bytes (nothing is unknown, decoding gives every text back) or in characters, with `▁` for a space. Bytes by default. */
  readonly preTokenizer?: "byte-level" | "metaspace" | undefined;
  /** How byte-level training cuts words: as GPT-2, as GPT-4, or as GPT-4 with bounds for scripts without spaces (the default). */
  readonly pattern?: "gpt2" | "gpt4" | "multilingual" | undefined;
  /** A pair that occurs less often isn't merged; 2 by default. */
  readonly minFrequency?: number | undefined;
  /** The most characters that metaspace training keeps in its alphabet: the most frequent, the lower code point among equals. */
  readonly limitAlphabet?: number | undefined;
  /** Characters that metaspace training keeps in any case. */
  readonly initialAlphabet?: Iterable<string> | undefined;
  /** Whether metaspace training adds pieces for the 256 bytes, to spell characters outside its alphabet; no by default. */
  readonly byteFallback?: boolean | undefined;
  /** The most characters (or bytes) in a piece. */
  readonly maxPieceLength?: number | undefined;
  /** The first ids, in their order. By default those of T5, then start and mask. */
  readonly specialTokens?: readonly SpecialToken[] | undefined;
  /** How many `<extra_id_i>` take the last ids, the first one the highest; 100 by default. */
  readonly sentinels?: number | undefined;
  /** Which marks `encode` writes; the end mark by default, as in T5. */
  readonly marks?: "end" | "start-end" | "none" | undefined;
  /** A normalizer as in a tokenizer.json, such as `{ type: "NFC" }`; none by default. */
  readonly normalizer?: object | undefined;
  readonly onProgress?: ((progress: TrainBpeProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
};

export type SpecialToken = {
  readonly content: string;
  readonly role?: "pad" | "end" | "unknown" | "start" | "mask" | undefined;
};

/** How far training is: first the texts are read, then the pieces are made. `lastPiece` occurred `lastCount` times. */
export type TrainBpeProgress =
  | { readonly phase: "texts"; readonly texts: number; readonly words: number }
  | {
      readonly phase: "merges";
      readonly pieces: number;
      readonly vocabSize: number;
      readonly lastPiece: string;
      readonly lastCount: number;
    };
