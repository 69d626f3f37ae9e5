import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";

// For tests: texts that tokenizers get wrong.

/** Spaces of every kind, marks, letters that compose, grow or shrink, scripts, digits, signs, things that look like tokens. */
export const ATOMS: readonly string[] = (
  "a b z A Q s 's 'S 'll 'Re 'ſ don't Hello the \u0085 \u00a0 \u3000 \ufeff \u200b \u2028 é e\u0301 \u0301 \u0323\u0302 a\u0323\u0302 ậ Å " +
  "\u212b \u212a İ ı Σ ΟΔΥΣΣΕΥΣ ß ẞ ſ ﬁ ﬃ ① ½ ² Ⅷ ٣ 1 23 4567 中 文字 々 〇 ⺀ 。 ， の カ ｶﾞ ﾞ 한 \u1112\u1161\u11ab ㅎㅏ ก็ हिन्दी مرحبا " +
  "😀 👨‍👩‍👧 🇩🇪 👍🏽 \u{1f468} 𝔾 𐐀 𠮷 ! ?! ... - _ $ € + < <s> </s> [MASK] ▁ ▁▁ Ġ \u0000 \u00ad \u0378 \ue000 \u{10ffff} ǆ ǅ \u0345 " +
  "ẛ̣ \u0344 \u0958 \u{1d15e} \u0f73 \u0f71 q\u0307\u0323"
)
  .split(" ")
  .concat(" ", "  ", "   ", "\n", "\r\n", "\t");

/** Up to 12 of the atoms in a row. */
export const hardText: fc.Arbitrary<string> = fc
  .array(fc.constantFrom(...ATOMS), { maxLength: 12 })
  .map((atoms) => atoms.join(""));

/** So many hard texts, the same every time. */
export function hardTexts(count: number, seed = 1): string[] {
  return fc.sample(hardText, { numRuns: count, seed });
}

/** The text of a file of the data folder, or undefined, with a warning, where there's none. */
export function readData(file: string): string | undefined {
  const folder = process.env.T5_DATA ?? fileURLToPath(new URL("../../../../../shared/data", import.meta.url));
  const path = `${folder}/${file}`;
  if (existsSync(path)) return gunzipSync(readFileSync(path)).toString("utf8");
  console.warn(`NOT TESTED ON REAL TEXTS: there's no ${path}; set T5_DATA to the data folder.`);
  return undefined;
}

/** English, German, French, Chinese, both mixed, and tweets: the beginnings of files of the data folder. */
export function realTexts(length: number): string[] {
  return [
    "pretrain/gutenberg-en/alice-in-wonderland.txt.gz",
    "pretrain/gutenberg-de/die-verwandlung.txt.gz",
    "translation/multi30k/val.fr.gz",
    "pretrain/zh-classics/xiyouji.txt.gz",
    "translation/tatoeba-en-zh/test-a.tsv.gz",
    "token-classification/broad-twitter-corpus/a.conll.gz",
  ].flatMap((file) => readData(file)?.slice(0, length) ?? []);
}
