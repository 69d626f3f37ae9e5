import type { Tokenizer } from "../seq2seq-example.js";
import { type SentenceLanguage, sentenceEnds } from "./split-sentences.js";

/** A part of a text: `text` is what stands from `start` to `end`, in UTF-16 code units. */
export type TextPiece = { text: string; start: number; end: number };

export type SplitOptions = {
  /** The most ids that the tokenizer may make of a piece. */
  maxTokens: number;
  /** About how many ids' worth of a piece the next one repeats, at most. */
  overlapTokens?: number;
  language?: SentenceLanguage;
};

/**
 * Cuts a long text into pieces that fit: at the ends of sentences where possible, else of words, else anywhere between
 * characters. Nothing is lost: the pieces follow each other without a gap, or overlap.
 *
 * @throws RangeError if a single character has more than `maxTokens` ids.
 */
export function splitLongText(text: string, tokenizer: Tokenizer, options: SplitOptions): TextPiece[] {
  const { maxTokens, overlapTokens = 0, language = "en" } = options;
  if (!(overlapTokens >= 0 && overlapTokens < maxTokens)) {
    throw new RangeError(
      `splitLongText: overlapTokens: expected a number from 0 to below maxTokens (${maxTokens}), got ${overlapTokens}`,
    );
  }
  const countTokens = (start: number, end: number) => tokenizer.encode(text.slice(start, end)).length;
  const sentences = sentenceEnds(text, language);

  const pieces: TextPiece[] = [];
  let start = 0;
  while (start < text.length) {
    const end = furthestEnd(start);
    const last = pieces.at(-1);
    if (last && end <= last.end) {
      start = last.end; // the repeated part left no room for anything new
      continue;
    }
    pieces.push({ text: text.slice(start, end), start, end });
    start = end === text.length ? end : overlapStart(start, end);
  }
  return pieces;

  function furthestEnd(from: number): number {
    const fits = (end: number) => countTokens(from, end) <= maxTokens;
    const after = sentences.slice(firstAbove(sentences, from));
    const end =
      furthest(after, fits) ??
      furthest(wordEnds(text, from, after[0]!), fits) ??
      furthest(characterEnds(text, from, after[0]!), fits);
    if (end !== undefined) return end;
    throw new RangeError(
      `splitLongText: maxTokens: expected at least the ${countTokens(from, characterEnds(text, from, after[0]!)[0]!)} ` +
        `ids of the character at ${from}, got ${maxTokens}`,
    );
  }

  /** The place from which `end` is at most `overlapTokens` away: as far back as they reach, but after `from`. */
  function overlapStart(from: number, end: number): number {
    if (overlapTokens === 0) return end;
    const fits = (begin: number) => countTokens(begin, end) <= overlapTokens;
    const inside = (ends: number[]) => ends.filter((place) => place > from && place < end).reverse();
    return (
      furthest(inside(sentences.slice(firstAbove(sentences, from), firstAbove(sentences, end))), fits) ??
      furthest(inside(wordEnds(text, from, end)), fits) ??
      end
    );
  }
}

/**
 * The last of `places`, which lie further and further, that fits; found by doubling steps and then halving them.
 *
 * What is given has been tried, so it fits even where fitting isn't monotone: some tokenizers make fewer ids of more
 * text.
 */
function furthest(places: readonly number[], fits: (place: number) => boolean): number | undefined {
  let known = -1;
  let step = 1;
  while (known + step < places.length && fits(places[known + step]!)) {
    known += step;
    step *= 2;
  }
  for (; step >= 1; step = Math.floor(step / 2)) {
    if (known + step < places.length && fits(places[known + step]!)) known += step;
  }
  return places[known];
}

/** The index of the first number above `bound` in a rising list. */
function firstAbove(rising: readonly number[], bound: number): number {
  let [low, high] = [0, rising.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rising[middle]! > bound) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Where the words between two places end, white space after them included. */
function wordEnds(text: string, start: number, end: number): number[] {
  return Array.from(text.slice(start, end).matchAll(/\S+\s*/gu), (match) => start + match.index + match[0].length);
}

/** Where the code points between two places end: no surrogate pair is cut. */
function characterEnds(text: string, start: number, end: number): number[] {
  let place = start;
  return Array.from(text.slice(start, end), (character) => (place += character.length));
}
