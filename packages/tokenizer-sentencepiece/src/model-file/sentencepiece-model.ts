/** What a .model file holds: SentencePiece's `ModelProto`. */
export type SentencePieceModel = {
  /** The vocabulary; a piece's place is its id. */
  readonly pieces: readonly Piece[];
  readonly trainer: TrainerSpec;
  readonly normalizer: NormalizerSpec;
  /** What is done to a text after decoding; few models have it. */
  readonly denormalizer?: NormalizerSpec | undefined;
  /** Fields that we don't know or don't use, as they stand in the file. */
  readonly otherFields?: Uint8Array | undefined;
};

export type Piece = {
  readonly piece: string;
  /** In a unigram model the logarithm of its probability; in BPE the merge with the highest score comes first. */
  readonly score: number;
  readonly type: PieceType;
};

/**
 * `normal` pieces are found in text. `user-defined` ones are taken over as they are by normalization, and cost nearly
 * nothing, or in BPE are never merged; `control` ones are never found and print nothing; `byte` ones spell characters that no piece has; `unused` ones are kept for their ids.
 */
export type PieceType = "normal" | "unknown" | "control" | "user-defined" | "unused" | "byte";

/** How the model was trained, by the names of SentencePiece's flags in camel case. A field that isn't there has SentencePiece's default. */
export type TrainerSpec = {
  readonly input?: readonly string[];
  readonly modelPrefix?: string;
  readonly modelType?: number;
  readonly vocabSize?: number;
  readonly acceptLanguage?: readonly string[];
  readonly selfTestSampleSize?: number;
  readonly inputFormat?: string;
  readonly characterCoverage?: number;
  readonly inputSentenceSize?: number;
  readonly miningSentenceSize?: number;
  readonly trainingSentenceSize?: number;
  readonly seedSentencepieceSize?: number;
  readonly shrinkingFactor?: number;
  readonly numThreads?: number;
  readonly numSubIterations?: number;
  readonly maxSentenceLength?: number;
  readonly shuffleInputSentence?: boolean;
  readonly maxSentencepieceLength?: number;
  readonly splitByUnicodeScript?: boolean;
  readonly splitByWhitespace?: boolean;
  readonly splitByNumber?: boolean;
  readonly treatWhitespaceAsSuffix?: boolean;
  readonly splitDigits?: boolean;
  readonly allowWhitespaceOnlyPieces?: boolean;
  readonly controlSymbols?: readonly string[];
  readonly userDefinedSymbols?: readonly string[];
  readonly vocabularyOutputPieceScore?: boolean;
  readonly hardVocabLimit?: boolean;
  readonly useAllVocab?: boolean;
  readonly byteFallback?: boolean;
  readonly requiredChars?: string;
  readonly unkId?: number;
  readonly bosId?: number;
  readonly eosId?: number;
  readonly padId?: number;
  readonly unkSurface?: string;
  readonly unkPiece?: string;
  readonly bosPiece?: string;
  readonly eosPiece?: string;
  readonly padPiece?: string;
  readonly trainExtremelyLargeCorpus?: boolean;
  readonly otherFields?: Uint8Array;
};

/** How a text is normalized. A field that isn't there has SentencePiece's default; the three flags default to true. */
export type NormalizerSpec = {
  readonly name?: string;
  /** The rules, compiled: see `parseCharsmap`. */
  readonly precompiledCharsmap?: Uint8Array;
  readonly addDummyPrefix?: boolean;
  readonly removeExtraWhitespaces?: boolean;
  readonly escapeWhitespaces?: boolean;
  readonly normalizationRuleTsv?: string;
  readonly otherFields?: Uint8Array;
};
