import type { BpeTokenizer } from "./bpe-tokenizer.js";
import { loadTokenizer } from "./load-tokenizer.js";
import { MergeTrainer } from "./merge-trainer.js";
import type { TrainBpeOptions } from "./train-options.js";
import { byteAlphabet, type CountedWords, characterAlphabet, spellCorpus } from "./training-corpus.js";
import { type TrainingTemplate, trainingTemplate } from "./training-template.js";
import type { Turns } from "./turns.js";

/** As many as a tokenizer.json may have. */
const MAX_VOCAB_SIZE = 2 ** 19;

/**
 * Makes the vocabulary for counted words: alphabet, then the most frequent pair of pieces, again and again.
 *
 * The order of the words doesn't matter: pairs are told apart by count, then by the ids of their parts.
 */
export async function learnMerges(words: CountedWords, options: TrainBpeOptions, turn: Turns): Promise<BpeTokenizer> {
  const { vocabSize, minFrequency = 2, maxPieceLength = MAX_VOCAB_SIZE, onProgress } = options;
  const template = trainingTemplate(options);
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

/**
 * Checks what can be checked before texts are read, and gives the template.
 *
 * @throws RangeError for numbers out of bounds.
 */
export function checkTrainOptions(options: TrainBpeOptions): TrainingTemplate {
  const least = { vocabSize: 1, minFrequency: 1, maxPieceLength: 1, limitAlphabet: 1, sentinels: 0 };
  for (const [name, min] of Object.entries(least)) {
    const value = options[name as keyof typeof least] ?? min;
    if (Number.isInteger(value) && value >= min && value <= MAX_VOCAB_SIZE) continue;
    throw new RangeError(`trainBpe: ${name}: expected an integer from ${min} to ${MAX_VOCAB_SIZE}, got ${value}`);
  }
  return trainingTemplate(options);
}
