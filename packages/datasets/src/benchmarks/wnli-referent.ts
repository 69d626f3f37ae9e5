import type { TextExample } from "../text-example.js";

/**
 * Turns a pair of GLUE's WNLI into WSC's form: marks the pronoun of the first sentence that the second one replaces, and
 * asks for what stands there instead, whatever the label says. For evaluation only: the phrase is found by comparing
 * words, which fits the validation and test sets.
 *
 * The fish ate the worm. It was tasty. / The worm was tasty. → wsc: The fish ate the worm. *It* was tasty. → The worm
 *
 * @throws Error if the first sentence has no pronoun, or the phrase isn't found in the second.
 *
 * T5, `wnli_simple` in `t5/data/preprocessors.py`.
 */
export function wnliReferent({ sentence1, sentence2 }: { sentence1: string; sentence2: string }): TextExample {
  const premise = bareWords(sentence1);
  const hypothesis = bareWords(sentence2);
  const matches = [...premise.keys()]
    .filter((index) => PRONOUNS.has(premise[index] as string))
    .map((index) => matchPronoun(premise, hypothesis, index));
  const [first, ...others] = matches;
  if (first === undefined) {
    throw new Error(`wnliReferent: sentence1: expected a pronoun (${[...PRONOUNS].join(", ")}), got "${sentence1}"`);
  }
  const best = others.reduce((best, match) => (match.score > best.score ? match : best), first);
  const targets = phraseAsWritten(fromLastArticle(best.phrase), sentence2);
  return { inputs: `wsc: ${markWord(sentence1, best.index)}`, targets };
}

const PRONOUNS: ReadonlySet<string> = new Set(["he", "she", "they", "it", "her", "his", "their", "them", "him"]);

/** Words without capitals and without the mark that may end them. */
function bareWords(text: string): string[] {
  const words = text.trim().toLowerCase().split(" ");
  return words.map((word) => word.replace(/[.,?!]$/, "")).filter((word) => word !== "");
}

/** How many words around the pronoun the hypothesis has too, and what it says in the pronoun's place. */
type PronounMatch = { score: number; index: number; phrase: string };

function matchPronoun(premise: readonly string[], hypothesis: readonly string[], index: number): PronounMatch {
  const before = premise.slice(0, index);
  const after = premise.slice(index + 1);
  const numBefore = commonStart([...hypothesis].reverse(), [...before].reverse());
  const numAfter = commonStart(hypothesis, after);
  const score = numBefore + numAfter;
  if (score === 0) return { score, index, phrase: "" };
  // Without a word in common before the pronoun nothing stands before the phrase.
  const left = numBefore === 0 ? [] : before.slice(-numBefore).map(escapeRegExp);
  const right = after.slice(0, numAfter).map(escapeRegExp);
  const text = hypothesis.join(" ");
  const patterns = [
    [...left, "(.+)", ...right],
    ["^(.+)", ...right],
    [...left, "(.+)$"],
  ];
  const found = patterns.map((words) => new RegExp(words.join(" "), "u").exec(text)).find((match) => match !== null);
  return { score, index, phrase: found?.[1] ?? "" };
}

/** The length of the longest beginning of `words` that stands somewhere in `text`. */
function commonStart(text: readonly string[], words: readonly string[]): number {
  const whole = text.join(" ");
  const end = words.findIndex((_, i) => !whole.includes(words.slice(0, i + 1).join(" ")));
  return end === -1 ? words.length : end;
}

/** A phrase that was found may begin too early: it then has an article where the phrase itself begins. */
function fromLastArticle(phrase: string): string {
  const words = phrase.split(" ");
  return words.slice(Math.max(0, ...["a", "an", "the"].map((article) => words.indexOf(article)))).join(" ");
}

/** The phrase with the capitals and marks of the sentence, without the mark and the possessive at its end. */
function phraseAsWritten(phrase: string, sentence: string): string {
  const words = phrase.split(" ").map((word) => `${escapeRegExp(word)}[.,?!]?`);
  const [written] = new RegExp(words.join(" "), "iu").exec(sentence) ?? [];
  if (written === undefined || phrase === "") {
    throw new Error(`wnliReferent: sentence2: expected what the pronoun stands for, got "${sentence}"`);
  }
  return written.replace(/[.,?!]$/, "").replace(/'s?$/, "");
}

function markWord(sentence: string, index: number): string {
  const words = sentence.split(" ");
  words[index] = (words[index] as string).replace(/^(.*?)([.,!?]?)$/u, (_, word: string, mark: string) =>
    mark === "" ? `*${word}*` : `*${word}* ${mark}`,
  );
  return words.join(" ");
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}
