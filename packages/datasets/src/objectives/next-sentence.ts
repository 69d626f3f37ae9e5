import type { Rng } from "@t5ts/random";
import { addMarks, type Tokenizer } from "../seq2seq-example.js";
import type { TextExample } from "../text-example.js";

/** Two sentences, and whether the second follows the first in its document. */
export type SentencePair = { first: string; second: string; isNext: boolean };

/** The place of a sentence that has another after it. */
export type SentencePlace = { document: number; sentence: number };

/** Every place in `documents`, lists of sentences, at which a pair begins. */
export function sentencePlaces(documents: readonly (readonly string[])[]): SentencePlace[] {
  return documents.flatMap((sentences, document) => sentences.slice(1).map((_, sentence) => ({ document, sentence })));
}

/**
 * The sentence at `place` with the next one or, with probability 1 - `nextProbability`, a random one of another
 * document.
 *
 * @throws RangeError if there's no other document, or an empty one.
 *
 * Devlin et al. 2019, section 3.1.
 */
export function nextSentencePair(
  documents: readonly (readonly string[])[],
  { document, sentence }: SentencePlace,
  rng: Rng,
  { nextProbability = 0.5 }: { nextProbability?: number } = {},
): SentencePair {
  const sentences = documents[document]!;
  const first = sentences[sentence]!;
  if (rng.uniform() < nextProbability) return { first, second: sentences[sentence + 1]!, isNext: true };
  const others = documents.length - 1;
  if (others < 1) {
    throw new RangeError(
      `nextSentencePair: expected at least 2 documents, since a wrong next sentence is from another, got ${documents.length}`,
    );
  }
  const drawn = rng.integer(others);
  const other = documents[drawn < document ? drawn : drawn + 1]!;
  if (other.length === 0) throw new RangeError("nextSentencePair: expected documents with sentences, got an empty one");
  return { first, second: other[rng.integer(other.length)]!, isNext: false };
}

/** The first sentence and the second, as a classifier reads them: 1 for `isNext`, 0 for not. */
export type LabeledPair = { inputIds: number[]; label: 0 | 1 };

/** A pair as ids: first, separator, second, end mark; and its label. */
export function encodeSentencePair(
  pair: SentencePair,
  tokenizer: Tokenizer,
  { separatorIds = [], startId, endId }: { separatorIds?: readonly number[]; startId?: number; endId: number },
): LabeledPair {
  const ids = [...tokenizer.encode(pair.first), ...separatorIds, ...tokenizer.encode(pair.second)];
  return { inputIds: addMarks(ids, { startId, endId }), label: pair.isNext ? 1 : 0 };
}

/**
 * A pair as text to text.
 *
 * nsp: sentence1: The man went to the store. sentence2: Penguins are flightless birds. → not_next
 */
export function nextSentenceExample(
  { first, second, isNext }: SentencePair,
  { labelSentences = true }: { labelSentences?: boolean } = {},
): TextExample {
  const text = labelSentences ? `sentence1: ${first} sentence2: ${second}` : `${first} ${second}`;
  return { inputs: `nsp: ${text}`.trim(), targets: isNext ? "next" : "not_next" };
}

/**
 * T5's way to find pairs: `text` is cut after each run of `. ! ?` on each line; neighbours make a pair.
 *
 * @param reuseSentences Whether the second sentence of a pair is the first of another: A B C D → AB BC CD or AB CD.
 */
export function neighboringPairs(
  text: string,
  { reuseSentences = true }: { reuseSentences?: boolean } = {},
): SentencePair[] {
  return text.split("\n").flatMap((line) => {
    const sentences = (line.match(/[^.!?]*[.!?]+|[^.!?]+$/g) ?? []).map((sentence) => sentence.trim());
    const pairs: SentencePair[] = [];
    for (let i = 0; i + 1 < sentences.length; i += reuseSentences ? 1 : 2) {
      pairs.push({ first: sentences[i]!, second: sentences[i + 1]!, isNext: true });
    }
    return pairs.filter(({ first, second }) => first !== "" && second !== "");
  });
}

/**
 * T5's way to make wrong pairs: of each two pairs in a row, both stay or, with probability 1 - `nextProbability`, they
 * exchange their second sentences. A pair left alone at the end is dropped.
 */
export function exchangeSeconds(pairs: readonly SentencePair[], nextProbability: number, rng: Rng): SentencePair[] {
  const result: SentencePair[] = [];
  for (let i = 0; i + 1 < pairs.length; i += 2) {
    const [a, b] = [pairs[i]!, pairs[i + 1]!];
    if (rng.uniform() < nextProbability) result.push(a, b);
    else result.push({ ...a, second: b.second, isNext: false }, { ...b, second: a.second, isNext: false });
  }
  return result;
}
