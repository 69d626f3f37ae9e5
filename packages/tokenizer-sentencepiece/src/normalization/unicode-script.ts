/** A number for the script of a character, such as Latin or Han; Japanese's kana count as Han. `INHERITED` for marks that go with any. */
export function scriptOf(codePoint: number): number {
  let script = known.get(codePoint);
  if (script === undefined) {
    const character = String.fromCodePoint(codePoint);
    script = KANA.test(character) ? HAN : SCRIPTS.findIndex((pattern) => pattern.test(character));
    known.set(codePoint, script);
  }
  return script;
}

const known = new Map<number, number>();

const KANA = /[\p{Script=Hiragana}\p{Script=Katakana}\u30fc]/u;

// In the order in which they're likely to be met. What is in none has the script -1.
const NAMES = [
  "Common Latin Han Inherited Cyrillic Greek Arabic Hebrew Devanagari Hangul Thai Bengali Tamil Telugu Gujarati",
  "Kannada Malayalam Gurmukhi Oriya Sinhala Khmer Lao Myanmar Tibetan Georgian Armenian Ethiopic Mongolian Cherokee",
  "Canadian_Aboriginal Bopomofo Yi Syriac Thaana Nko Samaritan Mandaic Ogham Runic Tagalog Hanunoo Buhid Tagbanwa",
  "Limbu Tai_Le New_Tai_Lue Buginese Tai_Tham Balinese Sundanese Batak Lepcha Ol_Chiki Glagolitic Coptic Tifinagh",
  "Lisu Vai Bamum Syloti_Nagri Phags_Pa Saurashtra Kayah_Li Rejang Javanese Cham Tai_Viet Meetei_Mayek Braille",
  "Linear_B Gothic Old_Permic Ugaritic Old_Persian Deseret Shavian Osmanya Cypriot Imperial_Aramaic Phoenician",
  "Lydian Kharoshthi Old_South_Arabian Avestan Old_Turkic Brahmi Kaithi Chakma Cuneiform Egyptian_Hieroglyphs Miao",
].flatMap((names) => names.split(" "));

const SCRIPTS = NAMES.map((name) => new RegExp(`\\p{Script=${name}}`, "u"));

const HAN = NAMES.indexOf("Han");

/** The script of marks that take on the script of what is before them. */
export const INHERITED: number = NAMES.indexOf("Inherited");
