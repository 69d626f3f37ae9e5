import type { TextExample } from "../text-example.js";

/**
 * A translation as T5 is asked for it.
 *
 * { en: "That is good.", de: "Das ist gut." }, "en", "de" → translate English to German: That is good. → Das ist gut.
 *
 * @throws Error if the record lacks one of the languages.
 */
export function translate(record: Readonly<Record<string, string>>, from: string, to: string): TextExample {
  for (const language of [from, to]) {
    if (record[language] === undefined) {
      throw new Error(`translate: expected a text in "${language}", got ${Object.keys(record).join(", ") || "none"}`);
    }
  }
  return {
    inputs: `translate ${languageName(from)} to ${languageName(to)}: ${record[from]}`,
    targets: record[to]!,
  };
}

/** A text in several languages; undefined if one of the two wished for isn't among them. */
export function multiTranslate(
  translations: { language: readonly string[]; translation: readonly string[] },
  from: string,
  to: string,
): TextExample | undefined {
  const record = Object.fromEntries(
    translations.language.map((language, i) => [language, translations.translation[i]!]),
  );
  if (record[from] === undefined || record[to] === undefined) return undefined;
  return translate(record, from, to);
}

/**
 * The English name of a language: "de" → "German".
 *
 * Only the first two letters count: T5 knows no variants such as `zh-cn`.
 *
 * @throws Error if no language has this code.
 */
export function languageName(code: string): string {
  const letters = code.slice(0, 2);
  const name = /^[a-z]{2}$/i.test(letters) ? LANGUAGE_NAMES.of(letters) : undefined;
  if (name === undefined) throw new Error(`languageName: expected the code of a language such as "de", got "${code}"`);
  return name;
}

const LANGUAGE_NAMES = new Intl.DisplayNames("en", { type: "language", fallback: "none" });
