/** A language whose abbreviations are known. Chinese marks end sentences in each. */
export type SentenceLanguage = "en" | "de" | "zh";

/**
 * The sentences of a text, by rules: a sentence ends at `. ! ? …` before white space and what isn't a small letter, at
 * `。！？`, and at a blank line. It doesn't end after an abbreviation or an initial.
 *
 * "Mr. Fogg left. He was late!" → ["Mr. Fogg left.", "He was late!"]
 */
export function splitSentences(text: string, language: SentenceLanguage = "en"): string[] {
  let start = 0;
  const sentences: string[] = [];
  for (const end of sentenceEnds(text, language)) {
    const sentence = text.slice(start, end).trim();
    if (sentence !== "") sentences.push(sentence);
    start = end;
  }
  return sentences;
}

/**
 * Where the sentences end, in UTF-16 code units; each begins where the one before ends, white space between them belongs
 * to the first. The last end is the text's.
 */
export function sentenceEnds(text: string, language: SentenceLanguage = "en"): number[] {
  const ends: number[] = [];
  for (const match of text.matchAll(POSSIBLE_END)) {
    const end = match.index + match[0].length;
    const mark = match.groups?.mark;
    if (end === text.length || (mark !== undefined && !isEnd(text, match.index, mark, end, language))) continue;
    ends.push(end);
  }
  if (text.length > 0) ends.push(text.length);
  return ends;
}

// Marks of alphabets need white space after them (3.14, example.com); Chinese ones don't. Quotes and brackets that close
// belong to the sentence. Which close depends on the language: German ends with “ and «, which begin a quote elsewhere, but
// then with white space before them. In Chinese nothing divides an opening “ from the mark before it.
// A run of marks is tried from its first one alone, as a run that has no white space behind it has none for its rest.
const POSSIBLE_END =
  /\n[^\S\n]*\n\s*|(?<![.!?…])(?<mark>[.!?…]+)["'“”‘’«»‹›)\]}]*\s+|[。！？｡][。！？｡.!?…]*["'”’」』）》】]*\s*/gu;

/** Whether the sentence really ends at a mark of an alphabet, seen from what is before and after it. */
function isEnd(text: string, markStart: number, mark: string, end: number, language: SentenceLanguage): boolean {
  const next = /^["'“‘„‚«‹»›([{¿¡]*(.)/su.exec(text.slice(end, end + 8))?.[1] ?? "";
  if (/\p{Ll}/u.test(next)) return false;
  if (mark !== ".") return true;
  const before = text.slice(Math.max(0, markStart - 24), markStart);
  const word = /[\p{L}\p{N}.]+$/u.exec(before)?.[0] ?? "";
  if (/^(\p{Lu}\.)*\p{Lu}$/u.test(word) && word !== "I") return false; // an initial, or letters such as U.S.
  const { always, beforeNumbers } = ABBREVIATIONS[language];
  // An ordinal: am 3. Mai, bzw. 21. November. Not the number that an abbreviation asks for: Abs. 4.
  const asked = /(\p{L}+)\.\s+\d+$/u.exec(before)?.[1]?.toLowerCase() ?? "";
  if (language === "de" && /^\d{1,2}$/.test(word) && !beforeNumbers.has(asked)) return false;
  return !(always.has(word.toLowerCase()) || (beforeNumbers.has(word.toLowerCase()) && /\p{N}/u.test(next)));
}

/** Words that a point follows: those after which no sentence ends, and those that only come before numbers. */
const ABBREVIATIONS: Record<SentenceLanguage, { always: Set<string>; beforeNumbers: Set<string> }> = (() => {
  const english = {
    always: wordSet(
      "mr mrs ms messrs mme mlle dr prof rev hon st mt sr jr gen col maj capt cpt lt sgt cmdr adm gov sen rep pres supt vs cf e.g i.e viz al ft approx esq",
    ),
    beforeNumbers: wordSet(
      "no nos vol vols fig figs p pp ch sec art eq ca c jan feb mar apr jun jul aug sep sept oct nov dec",
    ),
  };
  const german = {
    always: wordSet(
      "hr hrn fr frl dr prof dipl ing st z.b bzw d.h u.a o.ä s.o s.u i.d.r vgl ggf evtl inkl exkl sog ca etwa allg mind max min bspw geb gest verh ehem hl usf",
    ),
    beforeNumbers: wordSet("nr bd abs art s jh jg kap abb tab ziff tel"),
  };
  return { en: english, de: german, zh: english };
})();

function wordSet(words: string): Set<string> {
  return new Set(words.split(" "));
}
