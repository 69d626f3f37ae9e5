import { countCommon, countNgrams } from "./ngrams.js";
import { checkReferenceLists, mean } from "./pairs.js";
import { checkAsciiText, ROUGE_TOKENIZERS, type RougeTokenizer } from "./rouge-tokenizers.js";
import { countEach } from "./token-f1.js";

/** Each 0 to 1. */
export type RougeScore = { precision: number; recall: number; fmeasure: number };

export type RougeOptions = {
  /**
   * Which scores: "rouge1" to "rouge9" for n-grams, "rougeL" for the longest common subsequence of the whole text,
   * "rougeLsum" for that of its lines. By default "rouge1", "rouge2", "rougeL" and "rougeLsum".
   */
  types?: readonly string[];
  /** Applied to words of more than three letters, such as `porterStem`. By default words are compared as they are. */
  stem?: (word: string) => string;
  /** How texts become words. By default as the paper's program does it, which knows a to z and 0 to 9 alone. */
  tokenizer?: keyof typeof ROUGE_TOKENIZERS | RougeTokenizer;
};

/**
 * ROUGE of one prediction, by type. Of several references the one with the highest F-measure counts, for each type.
 *
 * A text without words scores 0.
 *
 * @throws RangeError for no references, a type or a tokenizer that doesn't exist, or a reference most of whose letters the
 *   default tokenizer drops.
 *
 * Lin 2004; the same numbers as the rouge_score package, which follows ROUGE-1.5.5.
 */
export function rouge(
  prediction: string,
  references: readonly string[],
  { types = ROUGE_TYPES, stem, tokenizer }: RougeOptions = {},
): Record<string, RougeScore> {
  if (references.length === 0) throw new RangeError("rouge: references: expected at least one, got none");
  const split = wordsBy(tokenizer, stem);
  const lines = (text: string): string[][] => text.split("\n").map(split);
  // A prediction in another script than its reference's is wrong, and scores 0 rightly.
  if (tokenizer === undefined) for (const reference of references) checkAsciiText(reference);
  const predicted = lines(prediction);
  const wanted = references.map(lines);
  return Object.fromEntries(
    types.map((type) => {
      const scores = wanted.map((reference) => scoreOfType(type, predicted, reference));
      return [type, scores.reduce((best, score) => (score.fmeasure > best.fmeasure ? score : best))];
    }),
  );
}

/**
 * The mean F-measure of each type over a set, 0 to 100.
 *
 * As T5 does, ends the line after each full stop that stands between spaces, so that "rougeLsum" sees sentences. T5
 * reports the median of bootstrap samples, which is this mean up to chance; for an interval see `bootstrap`.
 *
 * @throws RangeError for an empty set, unequal lengths, a prediction without references, or a type that doesn't exist.
 *
 * T5, `rouge` in `t5/evaluation/metrics.py`.
 */
export function meanRouge(
  predictions: readonly string[],
  references: readonly (readonly string[])[],
  options: RougeOptions = {},
): Record<string, number> {
  checkReferenceLists("meanRouge", predictions, references);
  const scores = predictions.map((prediction, i) => rouge(endLines(prediction), references[i]!.map(endLines), options));
  const types = options.types ?? ROUGE_TYPES;
  return Object.fromEntries(types.map((type) => [type, 100 * mean(scores.map((score) => score[type]!.fmeasure))]));
}

/** The words that ROUGE compares: runs of a to z and 0 to 9 of the lowered text, those over three letters stemmed. */
export function rougeTokenize(text: string, stem?: (word: string) => string): string[] {
  return stemmed(text.toLowerCase().match(/[a-z0-9]+/g) ?? [], stem);
}

function stemmed(words: string[], stem: ((word: string) => string) | undefined): string[] {
  return stem ? words.map((word) => (word.length > 3 ? stem(word) : word)) : words;
}

function wordsBy(
  tokenizer: RougeOptions["tokenizer"],
  stem: ((word: string) => string) | undefined,
): (line: string) => string[] {
  if (tokenizer === undefined) return (line) => rougeTokenize(line, stem);
  if (typeof tokenizer === "function") return (line) => stemmed(tokenizer(line), stem);
  if (!Object.hasOwn(ROUGE_TOKENIZERS, tokenizer)) {
    const names = Object.keys(ROUGE_TOKENIZERS).join(", ");
    throw new RangeError(`rouge: tokenizer: expected ${names} or a function, got "${tokenizer}"`);
  }
  return (line) => stemmed(ROUGE_TOKENIZERS[tokenizer](line), stem);
}

const ROUGE_TYPES: readonly string[] = ["rouge1", "rouge2", "rougeL", "rougeLsum"];

function endLines(text: string): string {
  return text.replaceAll(" . ", " .\n");
}

/** Texts come as lines of words; a line break is no part of a word, so the whole text is all lines in a row. */
function scoreOfType(type: string, predictedLines: readonly string[][], wantedLines: readonly string[][]): RougeScore {
  if (type === "rougeLsum") return scoreLines(predictedLines, wantedLines);
  const predicted = predictedLines.flat();
  const wanted = wantedLines.flat();
  if (type === "rougeL") return scoreOf(commonPlaces(predicted, wanted).length, predicted.length, wanted.length);
  if (/^rouge[1-9]$/.test(type)) return scoreNgrams(predicted, wanted, Number(type.slice(-1)));
  throw new RangeError(`rouge: types: expected rouge1 to rouge9, rougeL or rougeLsum, got "${type}"`);
}

function scoreNgrams(predicted: readonly string[], wanted: readonly string[], order: number): RougeScore {
  const common = countCommon(countNgrams(predicted, order), countNgrams(wanted, order));
  return scoreOf(common, predicted.length - order + 1, wanted.length - order + 1);
}

/**
 * Words of a reference line that are in its longest common subsequence with any predicted line count as found, though
 * at most as often as the prediction has the word, which the paper leaves out and ROUGE-1.5.5 does.
 */
function scoreLines(predicted: readonly string[][], wanted: readonly string[][]): RougeScore {
  const left = countEach(predicted.flat());
  let common = 0;
  for (const line of wanted) {
    const places = new Set(predicted.flatMap((candidate) => commonPlaces(candidate, line)));
    for (const [place, word] of line.entries()) {
      const count = left.get(word) ?? 0;
      if (!places.has(place) || count === 0) continue;
      left.set(word, count - 1);
      common++;
    }
  }
  return scoreOf(common, predicted.flat().length, wanted.flat().length);
}

/** Places in `wanted` of one longest common subsequence; which of several is a matter of the reference's backtracking. */
function commonPlaces(predicted: readonly string[], wanted: readonly string[]): number[] {
  const width = predicted.length + 1;
  const lengths = new Int32Array((wanted.length + 1) * width);
  for (let i = 1; i <= wanted.length; i++) {
    for (let j = 1; j < width; j++) {
      lengths[i * width + j] =
        wanted[i - 1] === predicted[j - 1]
          ? lengths[(i - 1) * width + j - 1]! + 1
          : Math.max(lengths[(i - 1) * width + j]!, lengths[i * width + j - 1]!);
    }
  }
  const places: number[] = [];
  for (let i = wanted.length, j = predicted.length; i > 0 && j > 0; ) {
    if (wanted[i - 1] === predicted[j - 1]) {
      places.push(--i);
      j--;
    } else if (lengths[i * width + j - 1]! > lengths[(i - 1) * width + j]!) j--;
    else i--;
  }
  return places;
}

function scoreOf(common: number, predicted: number, wanted: number): RougeScore {
  const precision = common / Math.max(predicted, 1);
  const recall = common / Math.max(wanted, 1);
  return { precision, recall, fmeasure: common > 0 ? (2 * precision * recall) / (precision + recall) : 0 };
}
