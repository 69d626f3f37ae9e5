import { SpelledText } from "./spelled-text.js";
import { WordTable } from "./word-table.js";

/** About 4 MB with words of 8 letters; 10 MB of English have 60,000 different words. When full, the cache starts anew. */
const MAX_WORDS = 1 << 16;

/** As many as texts of so many words have, and no more of words that are made to have many. */
const MAX_IDS = 1 << 19;

/** The spelling of words that were there before. */
export class WordCache {
  #words: WordTable = new WordTable();
  readonly #spelled: SpelledText = new SpelledText(); // one word after the other
  readonly #ends: Int32Array = new Int32Array(MAX_WORDS + 1); // of each word's ids
  readonly #places: Int32Array = new Int32Array(MAX_WORDS); // of each word in the text that it was first in
  readonly #spell: (text: string, start: number, end: number, spelled: SpelledText) => void;

  /** `spell` appends the ids of the word `text[start, end)`. */
  constructor(spell: (text: string, start: number, end: number, spelled: SpelledText) => void) {
    this.#spell = spell;
  }

  /** Appends the ids of a word, as those of the word with number `word`. */
  append(text: string, start: number, end: number, word: number, spelled: SpelledText): void {
    const ends = this.#ends;
    if (this.#words.size === MAX_WORDS || this.#spelled.length > MAX_IDS) {
      this.#words = new WordTable();
      this.#spelled.cleared();
    }
    const { size } = this.#words;
    const found = this.#words.intern(text, start, end);
    if (found === size) {
      this.#spell(text, start, end, this.#spelled);
      ends[found + 1] = this.#spelled.length;
      this.#places[found] = start;
    }
    spelled.addFrom(this.#spelled, ends[found]!, ends[found + 1]!, start - this.#places[found]!, word);
  }
}
