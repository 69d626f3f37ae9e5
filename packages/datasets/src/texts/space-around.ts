/**
 * Puts spaces around ASCII punctuation and collapses white space: the form in which T5 reads questions and contexts.
 *
 * (1845-1986). → " ( 1845 - 1986 ) . "
 */
export function padPunctuation(text: string): string {
  return collapseSpaces(text.replace(/[!-/:-@[-`{-~]/g, " $& "));
}

/** Puts spaces around each character of a script that is written without them, such as Chinese, Thai or Tibetan. */
export function padNonspacedLanguages(text: string): string {
  return collapseSpaces(text.replace(NON_SPACED, " $& "));
}

/** Each run of white space becomes one space; runs at the ends too. Only ASCII white space counts, as in T5. */
export function collapseSpaces(text: string): string {
  return text.replace(/[\t\n\f\r ]+/g, " ");
}

// The ranges that T5 lists, by script. Full-width forms (U+FF00) aren't among them.
const NON_SPACED = new RegExp(
  `[${[
    "\\u1000-\\u104f", // Burmese
    "\\u4e00-\\u9fff", // Chinese characters
    "\\u3400-\\u4dbf", // their extension A
    "\\uf900-\\ufaff", // their compatibility forms
    "\\u2e80-\\u2eff", // radicals
    "\\u31c0-\\u31ef", // strokes
    "\\u3000-\\u303f", // their punctuation
    "\\u3040-\\u309f", // Hiragana
    "\\u30a0-\\u30ff", // Katakana
    "\\ua980-\\ua9df", // Javanese
    "\\u1780-\\u17ff", // Khmer
    "\\u19e0-\\u19ff", // Khmer symbols
    "\\u0e80-\\u0eff", // Lao
    "\\u1980-\\u19df", // Tai Lue
    "\\u1a20-\\u1aaf", // Tai Tham
    "\\u0e00-\\u0e7f", // Thai
    "\\u0f00-\\u0fff", // Tibetan
  ].join("")}]`,
  "g",
);
