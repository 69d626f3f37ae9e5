/**
 * The stem of an English word by Porter's algorithm as NLTK has it, with which ROUGE scores are reported: relational →
 * relat, hopping → hop.
 *
 * It departs from the paper in a table of irregular forms, in words of one or two letters, which stay, and in a few
 * rules, so that ties → tie, enjoy → enjoy and geology → geolog. A word is lowered first.
 *
 * Porter 1980; NLTK's `PorterStemmer` in its default mode.
 */
export function porterStem(word: string): string {
  word = word.toLowerCase();
  const irregular = NLTK_IRREGULAR.get(word);
  if (irregular !== undefined) return irregular;
  if (word.length <= 2) return word;
  word = applyRules(nltkStep1b(nltkStep1a(word)), NLTK_STEP_1C);
  return steps3To5(nltkStep2(word), nltkIsShort);
}

/**
 * The stem of an English word by Porter's algorithm as published: ties → ti, enjoy → enjoi, geology → geologi.
 *
 * For comparison with systems that follow the paper. A word is lowered first.
 *
 * Porter 1980, "An algorithm for suffix stripping".
 */
export function porterStem1980(word: string): string {
  word = step1b(applyRules(word.toLowerCase(), STEP_1A), isShort);
  return steps3To5(applyRules(applyRules(word, STEP_1C), STEP_2), isShort);
}

/** A suffix, what replaces it, and what has to hold of the stem before it. */
type Rule = { suffix: string; replacement: string; condition: (stem: string) => boolean };

/** Applies the first rule whose suffix the word has. If its condition doesn't hold, no later rule is tried. */
function applyRules(word: string, rules: readonly Rule[]): string {
  const rule = rules.find(({ suffix }) => word.endsWith(suffix));
  const stem = word.slice(0, word.length - (rule?.suffix.length ?? 0));
  return rule?.condition(stem) ? stem + rule.replacement : word;
}

/** Rules of one condition, written as “from>to” and divided by spaces. */
function parseRules(text: string, condition: Rule["condition"]): Rule[] {
  return text.split(" ").map((rule) => {
    const [suffix, replacement] = rule.split(">") as [string, string];
    return { suffix, replacement, condition };
  });
}

/** Each letter as "c" or "v". A y is a vowel after a consonant, and a consonant otherwise. */
function consonantsAndVowels(word: string): string {
  let kinds = "";
  for (const letter of word) {
    const isVowel = letter === "y" ? kinds.endsWith("c") : "aeiou".includes(letter);
    kinds += isVowel ? "v" : "c";
  }
  return kinds;
}

/** How many times vowels are followed by consonants: 0 in tree, 1 in trouble, 2 in private. */
function measure(stem: string): number {
  return consonantsAndVowels(stem).split("vc").length - 1;
}

const isAny = (): boolean => true;
const hasMeasure = (stem: string): boolean => measure(stem) > 0;
const isLong = (stem: string): boolean => measure(stem) > 1;
const hasVowel = (stem: string): boolean => consonantsAndVowels(stem).includes("v");

/** Ends in consonant, vowel, consonant, of which the last isn't w, x or y: such a stem may have lost an e, as fil(e). */
function isShort(stem: string): boolean {
  return consonantsAndVowels(stem).endsWith("cvc") && !/[wxy]$/.test(stem);
}

function nltkIsShort(stem: string): boolean {
  return isShort(stem) || consonantsAndVowels(stem) === "vc";
}

function step1b(word: string, isShort: (stem: string) => boolean): string {
  if (word.endsWith("eed")) return applyRules(word, STEP_1B_EED);
  const stem = /^(.*)(?:ed|ing)$/su.exec(word)?.[1];
  if (stem === undefined || !hasVowel(stem)) return word;
  if (/(?:at|bl|iz)$/.test(stem)) return stem + "e";
  if (stem.at(-1) === stem.at(-2) && consonantsAndVowels(stem).endsWith("c")) {
    return /[lsz]$/.test(stem) ? stem : stem.slice(0, -1);
  }
  return measure(stem) === 1 && isShort(stem) ? stem + "e" : stem;
}

function steps3To5(word: string, isShort: (stem: string) => boolean): string {
  word = applyRules(applyRules(word, STEP_3), STEP_4);
  const stem = word.slice(0, -1);
  if (word.endsWith("e") && (isLong(stem) || (hasMeasure(stem) && !isShort(stem)))) word = stem;
  return applyRules(word, STEP_5B);
}

function nltkStep1a(word: string): string {
  return word.length === 4 && word.endsWith("ies") ? word.slice(0, -1) : applyRules(word, STEP_1A);
}

function nltkStep1b(word: string): string {
  if (!word.endsWith("ied")) return step1b(word, nltkIsShort);
  return word.length === 4 ? word.slice(0, -1) : word.slice(0, -2);
}

function nltkStep2(word: string): string {
  // -ally is taken off first, and what is left goes through the step again: practically → practical → practic.
  if (word.endsWith("alli") && hasMeasure(word.slice(0, -4))) return nltkStep2(word.slice(0, -2));
  // The l counts with the stem, so that geology has a measure before -ogy as archaeology has.
  if (word.endsWith("logi")) return hasMeasure(word.slice(0, -3)) ? word.slice(0, -1) : word;
  return applyRules(word, NLTK_STEP_2);
}

const STEP_1A = parseRules("sses>ss ies>i ss>ss s>", isAny);
const STEP_1B_EED = parseRules("eed>ee", hasMeasure);
const STEP_1C = parseRules("y>i", hasVowel);
const NLTK_STEP_1C = parseRules("y>i", (stem) => stem.length > 1 && consonantsAndVowels(stem).endsWith("c"));
const STEP_2_BEFORE_ABLY = "ational>ate tional>tion enci>ence anci>ance izer>ize";
const STEP_2_AFTER_ABLY =
  "alli>al entli>ent eli>e ousli>ous ization>ize ation>ate ator>ate alism>al iveness>ive fulness>ful ousness>ous " +
  "aliti>al iviti>ive biliti>ble";
const STEP_2 = parseRules(`${STEP_2_BEFORE_ABLY} abli>able ${STEP_2_AFTER_ABLY}`, hasMeasure);
const NLTK_STEP_2 = parseRules(`${STEP_2_BEFORE_ABLY} bli>ble ${STEP_2_AFTER_ABLY} fulli>ful`, hasMeasure);
const STEP_3 = parseRules("icate>ic ative> alize>al iciti>ic ical>ic ful> ness>", hasMeasure);
const STEP_4 = [
  ...parseRules("al> ance> ence> er> ic> able> ible> ant> ement> ment> ent>", isLong),
  ...parseRules("ion>", (stem) => isLong(stem) && /[st]$/.test(stem)),
  ...parseRules("ou> ism> ate> iti> ous> ive> ize>", isLong),
];
const STEP_5B: Rule[] = [{ suffix: "ll", replacement: "l", condition: (stem) => isLong(stem + "l") }];

const NLTK_IRREGULAR = new Map([
  ["sky", "sky"],
  ["skies", "sky"],
  ["dying", "die"],
  ["lying", "lie"],
  ["tying", "tie"],
  ["news", "news"],
  ["innings", "inning"],
  ["inning", "inning"],
  ["outings", "outing"],
  ["outing", "outing"],
  ["cannings", "canning"],
  ["canning", "canning"],
  ["howe", "howe"],
  ["proceed", "proceed"],
  ["exceed", "exceed"],
  ["succeed", "succeed"],
]);
