import fc from "fast-check";

// For tests: texts that tokenizers get wrong.

/** Spaces of every kind, marks, letters that compose, grow or shrink, scripts, digits, signs, things that look like pieces. */
const ATOMS = (
  "a b z A the ing THE aaaa don't \u0085 \u00a0 \u3000 \ufeff \u200b \u200d \u2028 é e\u0301 \u0301 o\u0323\u0302 Å \u212a İ ı ß ﬁ ﷺ " +
  "① ①\u0301 ½ ㌔ Ⅷ 1 23 4567 Ａ 中 文字 日本 の ｶﾞ か\u3099 한 \u1112\u1161\u11ab हिन्दी กำ مرحبا 😀 👨‍👩‍👧 🇩🇪 👍🏽 𝕳 𠮷 ! ?! ... … - _ $ € < " +
  "<s> </s> <unk> <pad> <extra_id_0> <extra_id_1 ▁ ▁▁ ▁<extra_id_0> <0x41> \u0000 \u0001 \u00ad \u0378 \ufffd \u{10ffff} ǆ"
)
  .split(" ")
  .concat(" ", " ", "  ", "   ", "\n", "\r\n", "\t");

/** Up to 14 of them in a row. */
export const atomText: fc.Arbitrary<string> = fc
  .array(fc.constantFrom(...ATOMS), { maxLength: 14 })
  .map((atoms) => atoms.join(""));

/** The same with other characters among them. */
export const hardText: fc.Arbitrary<string> = fc
  .array(fc.oneof(fc.constantFrom(...ATOMS), fc.string({ maxLength: 3, unit: "binary" })), { maxLength: 14 })
  .map((atoms) => atoms.join("").replace(/\p{Surrogate}/gu, "?"));

/** So many hard texts, the same every time. */
export function hardTexts(count: number, seed = 1): string[] {
  return fc.sample(hardText, { numRuns: count, seed });
}
