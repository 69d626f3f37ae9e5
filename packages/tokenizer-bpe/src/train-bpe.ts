import type { BpeTokenizer } from "./bpe-tokenizer.js";
import { loadTokenizer } from "./load-tokenizer.js";
import { MergeTrainer } from "./merge-trainer.js";
import { parseNormalizer } from "./normalizers/normalizer.js";
import { parsePreTokenizer } from "./pre-tokenizers/pre-tokenizer.js";
import { eachBatch } from "./pre-tokenizers/words.js";
import type { TokenizerJson } from "./tokenizer-json.js";
import { byteAlphabet, type CountedWords, characterAlphabet, spellCorpus } from "./training-corpus.js";
import { trainingTemplate } from "./training-template.js";
import { wellFormed } from "./well-formed.js";
import { WordTable } from "./word-table.js";

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

/**
 * Learns a vocabulary: the alphabet, then the most frequent pair of pieces is made a piece, again and again.
 *
 * Every item of `texts` is a text by itself; their order doesn't matter. Equal counts are ordered by the pieces' ids, so
 * the same texts give the same vocabulary on every platform. Returns to the event loop every 50 ms.
 *
 * @throws RangeError if `vocabSize` doesn't hold special tokens, alphabet and sentinels; the signal's reason on abort.
 */
export async function trainBpe(
  texts: Iterable<string> | AsyncIterable<string>,
  options: TrainBpeOptions,
): Promise<BpeTokenizer> {
  const { vocabSize, minFrequency = 2, maxPieceLength = MAX_VOCAB_SIZE, onProgress } = options;
  for (const [name, value, least] of [
    ["vocabSize", vocabSize, 1],
    ["minFrequency", minFrequency, 1],
    ["maxPieceLength", maxPieceLength, 1],
    ["limitAlphabet", options.limitAlphabet ?? 1, 1],
    ["sentinels", options.sentinels ?? 0, 0],
  ] as const) {
    if (Number.isInteger(value) && value >= least && value <= MAX_VOCAB_SIZE) continue;
    throw new RangeError(`trainBpe: ${name}: expected an integer from ${least} to ${MAX_VOCAB_SIZE}, got ${value}`);
  }
  const template = trainingTemplate(options);
  const turn = takeTurns(options.signal);
  const words = await countWords(texts, template.fill([], []), onProgress, turn);

  const isByteLevel = options.preTokenizer !== "metaspace";
  const alphabet = isByteLevel ? byteAlphabet() : characterAlphabet(words, options);
  const first = template.firstPieces.length;
  const pieces = [...template.firstPieces, ...alphabet];
  const mergeCount = vocabSize - pieces.length - template.sentinels.length;
  if (mergeCount < 0) {
    throw new RangeError(
      `trainBpe: vocabSize: expected at least ${vocabSize - mergeCount} (special pieces ${first}, ` +
        `alphabet ${alphabet.length}, sentinels ${template.sentinels.length}), got ${vocabSize}`,
    );
  }

  const trainer = new MergeTrainer(spellCorpus(words, alphabet, isByteLevel), alphabet.length, minFrequency);
  const reserved = new Set([...template.firstPieces, ...template.sentinels]);
  const join = (left: number, right: number): string => pieces[first + left]! + pieces[first + right]!;
  const isAllowed = (left: number, right: number): boolean => {
    const piece = join(left, right);
    return piece.length <= maxPieceLength && !reserved.has(piece);
  };
  const merges: [string, string][] = [];
  while (merges.length < mergeCount) {
    const merge = trainer.next(isAllowed);
    if (merge === undefined) break;
    const { left, right, count } = merge;
    merges.push([pieces[first + left]!, pieces[first + right]!]);
    const lastPiece = join(left, right);
    pieces.push(lastPiece);
    if (turn.isOver()) {
      onProgress?.({ phase: "merges", pieces: pieces.length, vocabSize, lastPiece, lastCount: count });
      await turn.next();
    }
  }
  return loadTokenizer(template.fill(pieces, merges));
}

async function countWords(
  texts: Iterable<string> | AsyncIterable<string>,
  { normalizer, pre_tokenizer }: TokenizerJson,
  onProgress: TrainBpeOptions["onProgress"],
  turn: Turns,
): Promise<CountedWords> {
  const normalize = parseNormalizer(normalizer);
  const { prepare, cut } = parsePreTokenizer(pre_tokenizer, true);
  const table = new WordTable();
  const counts: number[] = [];
  let read = 0;
  const count = (text: string): void => {
    if (typeof text !== "string")
      throw new TypeError(`trainBpe: texts: expected strings, got ${typeof text} after ${read}`);
    read++;
    const words = prepare(normalize({ text: wellFormed(text), offset: 0 }));
    eachBatch(words, cut, (bounds) => {
      for (let i = 0; i < bounds.length; i += 2) {
        const word = table.intern(words.text.text, bounds[i]!, bounds[i + 1]!);
        counts[word] = (counts[word] ?? 0) + 1;
      }
    });
  };
  const report = async (): Promise<void> => {
    onProgress?.({ phase: "texts", texts: read, words: table.size });
    await turn.next();
  };
  // A plain list isn't awaited text by text: that would take longer than the counting.
  if (Symbol.asyncIterator in texts) {
    for await (const text of texts) {
      count(text);
      if (turn.isOver()) await report();
    }
  } else {
    for (const text of texts) {
      count(text);
      if (turn.isOver()) await report();
    }
  }
  await report();
  return { table, counts };
}

/** As many as a tokenizer.json may have. */
const MAX_VOCAB_SIZE = 2 ** 21;

/** Work without a pause that a page doesn't notice much, and long enough that the pauses don't count. */
const TURN_MS = 50;

type Turns = { isOver(): boolean; next(): Promise<void> };

function takeTurns(signal: AbortSignal | undefined): Turns {
  signal?.throwIfAborted();
  let started = performance.now();
  return {
    isOver: () => performance.now() - started > TURN_MS,
    async next() {
      await new Promise((resolve) => setTimeout(resolve, 0));
      signal?.throwIfAborted();
      started = performance.now();
    },
  };
}
