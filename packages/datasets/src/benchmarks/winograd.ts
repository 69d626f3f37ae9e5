import type { TextExample } from "../text-example.js";
import { labelName } from "./glue.js";

/** A text with two words or phrases, each at a place counted in words: does the second, a pronoun, mean the first? */
export type WinogradRecord = {
  text: string;
  span1_text: string;
  span1_index: number;
  span2_text: string;
  span2_index: number;
  label: number;
};

/**
 * SuperGLUE's WSC with the noun between `*` and the pronoun between `#`.
 *
 * wsc text: # This # is a * test * sentence . → False
 */
export function winograd(record: WinogradRecord): TextExample {
  const withNoun = markSpan(record.text, record.span1_text, record.span1_index, "*");
  // The marks are words themselves: a pronoun after the noun has moved by two.
  const moved = record.span1_index < record.span2_index ? 2 : 0;
  const text = markSpan(withNoun, record.span2_text, record.span2_index + moved, "#");
  return { inputs: `wsc text: ${text}`, targets: labelName("winograd", ["False", "True"], record.label) };
}

/**
 * SuperGLUE's WSC with the pronoun marked and the noun as the target, whatever the label says: for training, leave out
 * the records whose label is 0.
 *
 * wsc: Mitchell asked Tom if *he* could lend some money. → Tom
 *
 * @throws Error if the pronoun isn't a whole word at its place.
 */
export function winogradReferent(
  record: Pick<WinogradRecord, "text" | "span1_text" | "span2_text" | "span2_index">,
): TextExample {
  const words = record.text.split(" ");
  const pronoun = words[record.span2_index];
  if (pronoun !== record.span2_text) {
    throw new Error(
      `winogradReferent: expected "${record.span2_text}" as word ${record.span2_index} of the text, got "${pronoun}"`,
    );
  }
  words[record.span2_index] = `*${pronoun}*`;
  return { inputs: `wsc: ${words.join(" ")}`, targets: record.span1_text };
}

/** A sentence with a pronoun and the two that it could mean; `label` says which it does. */
export type PronounRecord = { sentence: string; pronoun: string; candidates: readonly string[]; label: number };

/**
 * The definite pronoun resolution set in the same form. The pronoun's first occurrence as a whole word is meant.
 *
 * wsc: Mitchell asked Tom if *he* could lend some money. → Tom
 */
export function pronounReferent({ sentence, pronoun, candidates, label }: PronounRecord): TextExample {
  const place = new RegExp(` (${escapeRegExp(pronoun)})( |\\.|,)`, "u");
  const targets = candidates[label];
  if (targets === undefined) {
    throw new RangeError(`pronounReferent: label: expected an integer below ${candidates.length}, got ${label}`);
  }
  return { inputs: `wsc: ${sentence.replace(place, " *$1*$2")}`, targets };
}

function markSpan(text: string, span: string, index: number, mark: string): string {
  const place = new RegExp(`^((?:\\S+\\s){${index}})(${escapeRegExp(span)})`, "u");
  return text.replace(place, `$1${mark} $2 ${mark}`);
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
