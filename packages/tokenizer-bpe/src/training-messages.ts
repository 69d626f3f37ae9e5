import type { TokenizerJson } from "./tokenizer-json.js";
import type { TrainBpeOptions, TrainBpeProgress } from "./train-options.js";
import type { PackedWords } from "./word-counter.js";

/** What a training worker is asked, in this order: start, any number of texts, and then give or learn. */
export type TrainingQuestion =
  | { readonly kind: "start"; readonly options: SentOptions }
  | { readonly kind: "texts"; readonly texts: readonly string[] }
  /** Asks for the words counted. */
  | { readonly kind: "give" }
  /** Asks for the vocabulary of the words counted here and elsewhere. */
  | { readonly kind: "learn"; readonly others: readonly PackedWords[] };

/** One answer for each question, in their order; while learning, `progress` comes before it. */
export type TrainingAnswer =
  /** How many different words there are so far. */
  | { readonly kind: "counted"; readonly words: number }
  | { readonly kind: "words"; readonly words: PackedWords }
  | { readonly kind: "progress"; readonly progress: TrainBpeProgress }
  | { readonly kind: "learned"; readonly file: TokenizerJson }
  | { readonly kind: "failed"; readonly error: unknown };

/** What of the options another thread can be sent. */
export type SentOptions = Omit<TrainBpeOptions, "onProgress" | "signal">;
