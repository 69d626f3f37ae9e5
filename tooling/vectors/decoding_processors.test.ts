import {
  allowTokens,
  badWords,
  forceToken,
  keepTopK,
  keepTopP,
  keepTypical,
  type LogitsProcessor,
  minLength,
  noRepeatInputNgram,
  noRepeatNgram,
  repetitionPenalty,
} from "@t5ts/t5-model";
import { expect } from "vitest";
import { expectClose, runVectors, type VectorCase } from "./run-vectors.js";

// Where a case states no tolerance: float32 scores of about 1.
const FLOAT32 = 1e-6;

runVectors(
  "decoding_processors.json",
  {
    min_length: (c) => {
      const isBlocked = forbidden(minLength(c.min_length, c.eos_id), tokensOf(c.current_length), c.eos_id + 1).includes(
        c.eos_id,
      );
      expect(isBlocked).toBe(c.eos_blocked);
    },
    repetition_penalty: (c) => {
      for (const [row, tokens] of (c.tokens as number[][]).entries()) {
        const scores = Float32Array.from(c.scores[row]);
        repetitionPenalty(c.penalty)(scores, tokens, row);
        expectClose(scores, c.expected[row], c.tolerance ?? FLOAT32);
      }
    },
    no_repeat_ngram: (c) => expectBanned(c, noRepeatNgram(c.n)),
    encoder_no_repeat_ngram: (c) => expectBanned(c, noRepeatInputNgram(c.encoder_tokens, c.n)),
    bad_words: (c) => expectBanned(c, badWords(c.bad_words, c.eos_id)),
    forced_first_token: (c) => expectForced(c, forceToken(c.token, 1)),
    forced_last_token: (c) => expectForced(c, forceToken(c.token, c.max_length - 1)),
    top_k: (c) => expectKept(c, (scores) => keepTopK(scores, c.k, c.min_tokens_to_keep)),
    top_p: (c) => expectKept(c, (scores) => keepTopP(scores, c.p, c.min_tokens_to_keep)),
    typical: (c) => expectKept(c, (scores) => keepTypical(scores, c.mass, c.min_tokens_to_keep)),
    prefix_constrained: (c) => {
      const process = allowTokens((_, input) => c.allowed[input]);
      const banned = (c.allowed as number[][]).map((_, input) => forbidden(process, [0], c.vocab_size, input));
      expect(banned).toEqual(c.banned);
    },
  },
  {
    notCovered: {
      hamming_diversity: "beams aren't searched in groups that are to differ",
      remove_nan_inf: "a score that isn't a number is an error here, and no 0",
    },
  },
);

const tokensOf = (length: number): number[] => Array.from({ length }, (_, i) => i);

/** The tokens that a processor forbids after `tokens`. */
function forbidden(process: LogitsProcessor, tokens: number[], vocabSize: number, input = 0): number[] {
  const scores = new Float32Array(vocabSize);
  process(scores, tokens, input);
  return Array.from(scores.keys()).filter((token) => scores[token] === Number.NEGATIVE_INFINITY);
}

/** Each input has `beams` rows of tokens, one after the other. */
function expectBanned(c: VectorCase, process: LogitsProcessor): void {
  const banned = (c.tokens as number[][]).map((tokens, row) =>
    forbidden(process, tokens, c.vocab_size, Math.floor(row / (c.beams ?? 1))),
  );
  expect(banned).toEqual((c.banned as number[][]).map((tokens) => [...tokens].sort((a, b) => a - b)));
}

function expectForced(c: VectorCase, process: LogitsProcessor): void {
  const scores = new Float32Array((c.vocab_size ?? c.token + 5) as number).fill(0.25);
  process(scores, tokensOf(c.length), 0);
  const others = Array.from(scores).filter((_, token) => token !== c.token);
  expect(others.every((score) => score === Number.NEGATIVE_INFINITY)).toBe(c.others_blocked);
  if (c.others_blocked) expect(scores[c.token]).toBe(c.expected_score);
}

/** A cut is given scores or probabilities, and what is left is told by its tokens, its probabilities or its size. */
function expectKept(c: VectorCase, cut: (scores: Float32Array) => void): void {
  const rows = (c.scores ?? (c.probabilities as number[][]).map((row) => row.map(Math.log))) as number[][];
  for (const [i, row] of rows.entries()) {
    const scores = Float32Array.from(row);
    cut(scores);
    const kept = Array.from(scores.keys()).filter((token) => scores[token] !== Number.NEGATIVE_INFINITY);
    if (c.kept) expect(kept).toEqual([...c.kept[i]].sort((a, b) => a - b));
    if (c.kept_counts) expect(kept.length).toBe(c.kept_counts[i]);
    if (c.kept_probabilities) expectClose(scores.map(Math.exp), c.kept_probabilities[i], c.tolerance ?? FLOAT32);
    expect(c.kept ?? c.kept_counts ?? c.kept_probabilities, "what is left").toBeDefined();
  }
}
