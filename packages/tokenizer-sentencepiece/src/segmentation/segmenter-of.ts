import { ModelFileError } from "../model-file/model-file-error.js";
import type { SentencePieceModel } from "../model-file/sentencepiece-model.js";
import { buildDoubleArray, keysOf } from "../tries/build-double-array.js";
import { type MergeDropout, ScoredBpe } from "./bpe.js";
import { type Sampling, samplePieces } from "./sampling.js";
import type { Segmenter } from "./segmenter.js";
import { Unigram, type UnigramVocabulary } from "./unigram.js";
import type { Vocabulary } from "./vocabulary.js";
import { CharacterSegmenter, WordSegmenter } from "./whole-pieces.js";

/** A segmenter with what only some types of model can do. */
export type ModelSegmenter = Segmenter & {
  /** What a unigram model's other algorithms need. */
  readonly unigram?: UnigramVocabulary;
  sample(bytes: Uint8Array, length: number, sampling: Sampling): { ids: number[]; ends: number[] };
};

/** The segmenter for the type of a model. */
export function segmenterOf(model: SentencePieceModel, vocabulary: Vocabulary): ModelSegmenter {
  const type = model.trainer.modelType ?? UNIGRAM;
  const userDefined = buildDoubleArray(keysOf(vocabulary.userDefined), new Uint8Array(vocabulary.userDefined.length));
  if (type === UNIGRAM) return unigramOf(vocabulary);
  if (type === BPE) {
    const bpe = new ScoredBpe({
      trie: vocabulary.trie,
      scores: vocabulary.pieces.scores,
      unknown: vocabulary.unknown,
      userDefined,
      isUnused: (id) => vocabulary.pieces.typeOf(id) === "unused",
      isCutAtSpaces: vocabulary.isCutAtSpaces && !vocabulary.hasUnused,
    });
    return {
      segment: (bytes, length, ids, ends) => bpe.segment(bytes, length, ids, ends),
      sample(bytes, length, { alpha, random }) {
        const dropout: MergeDropout = { rate: alpha, random };
        const ids: number[] = [];
        const ends: number[] = [];
        bpe.segment(bytes, length, ids, ends, dropout);
        return { ids, ends };
      },
    };
  }
  // Here the reference finds control pieces in text, too.
  const all = vocabulary.trieOf((type) => type !== "unknown");
  if (type === WORD) return onlyOneWay(new WordSegmenter(all, vocabulary.unknown), "word");
  if (type === CHAR) return onlyOneWay(new CharacterSegmenter(all, userDefined, vocabulary.unknown), "character");
  throw new ModelFileError(
    "trainer_spec.model_type",
    `expected 1 (unigram), 2 (BPE), 3 (word) or 4 (char), got ${type}`,
  );
}

const UNIGRAM = 1;
const BPE = 2;
const WORD = 3;
const CHAR = 4;

function unigramOf(vocabulary: Vocabulary): ModelSegmenter {
  const { lowestScore: lowest, userDefined } = vocabulary;
  const highest = Math.max(vocabulary.highestScore, SMALLEST_FLOAT);
  // What the reference adds up if there's no normal piece: the largest float.
  const unknownScore = Math.fround((lowest === Number.POSITIVE_INFINITY ? LARGEST_FLOAT : lowest) - UNKNOWN_PENALTY);
  const scores = new Float64Array(vocabulary.pieces.scores);
  const latticeScores = userDefined.length > 0 ? scores.slice() : scores; // only those of user-defined pieces differ
  for (const piece of userDefined) {
    const id = vocabulary.idOf(piece)!;
    // Better than any way around it; by its length in bytes in one place, in characters in the other.
    scores[id] = Math.fround((keysOf([piece]).length - 1) * highest) - 0.1;
    latticeScores[id] = Math.fround(Math.fround([...piece].length * highest) - 0.1);
  }
  scores[vocabulary.unknown] = unknownScore;
  const unigram: UnigramVocabulary = {
    trie: vocabulary.hasUnused
      ? vocabulary.trieOf((type) => type === "normal" || type === "user-defined")
      : vocabulary.trie,
    scores,
    latticeScores,
    unknown: vocabulary.unknown,
    unknownScore,
    isSinglePrecision: true,
    isCutAtSpaces: vocabulary.isCutAtSpaces,
  };
  const segmenter = new Unigram(unigram);
  return {
    unigram,
    segment: (bytes, length, ids, ends) => segmenter.segment(bytes, length, ids, ends),
    sample: (bytes, length, sampling) => samplePieces(unigram, bytes, length, sampling),
  };
}

/** How much worse an unknown character is than the worst piece. */
const UNKNOWN_PENALTY = 10;

/** The reference's `FLT_MIN` and `FLT_MAX`. It begins with the former to find the highest score, so that is never below 0. */
const SMALLEST_FLOAT = 2 ** -126;
const LARGEST_FLOAT = (2 - 2 ** -23) * 2 ** 127;

function onlyOneWay(segmenter: Segmenter, type: string): ModelSegmenter {
  return {
    segment: (bytes, length, ids, ends) => segmenter.segment(bytes, length, ids, ends),
    sample() {
      throw new Error(`encode: sampling: a ${type} model knows only one way to spell a text`);
    },
  };
}
