import { parseNormalizer } from "./normalizers/parse-normalizer.js";
import { parsePreTokenizer } from "./pre-tokenizers/pre-tokenizer.js";
import { eachBatch, type PreTokenizer } from "./pre-tokenizers/words.js";
import type { TokenizerJson } from "./tokenizer-json.js";
import { wellFormed } from "./well-formed.js";
import { WordTable } from "./word-table.js";

/** Words as data that another thread can be sent: one text of all of them, where each ends in it, how often it occurs. */
export type PackedWords = { readonly text: string; readonly ends: Int32Array; readonly counts: Float64Array };

/** Counts the different words of texts, normalized and cut as a tokenizer.json says. */
export class WordCounter {
  readonly table: WordTable = new WordTable();
  readonly counts: number[] = [];
  readonly #normalize: ReturnType<typeof parseNormalizer>;
  readonly #preTokenizer: PreTokenizer;

  constructor({ normalizer, pre_tokenizer }: TokenizerJson) {
    this.#normalize = parseNormalizer(normalizer);
    this.#preTokenizer = parsePreTokenizer(pre_tokenizer, true);
  }

  add(text: string): void {
    const words = this.#preTokenizer.prepare(this.#normalize({ text: wellFormed(text), offset: 0 }));
    eachBatch(words, this.#preTokenizer.cut, (bounds) => {
      for (let i = 0; i < bounds.length; i += 2) this.#count(words.text.text, bounds[i]!, bounds[i + 1]!, 1);
    });
  }

  /** Adds what another has counted. */
  addPacked({ text, ends, counts }: PackedWords): void {
    for (const [word, count] of counts.entries())
      this.#count(text, word === 0 ? 0 : ends[word - 1]!, ends[word]!, count);
  }

  pack(): PackedWords {
    const { units, size } = this.table;
    const ends = this.table.ends.slice(0, size);
    return { text: textOfUnits(units.subarray(0, ends[size - 1] ?? 0)), ends, counts: Float64Array.from(this.counts) };
  }

  #count(text: string, start: number, end: number, count: number): void {
    const word = this.table.intern(text, start, end);
    this.counts[word] = (this.counts[word] ?? 0) + count;
  }
}

function textOfUnits(units: Uint16Array): string {
  let text = "";
  // Engines limit the number of arguments; this many pass everywhere. Spreading them would take 10 times as long.
  for (let i = 0; i < units.length; i += 8192) {
    text += String.fromCharCode.apply(null, units.subarray(i, i + 8192) as unknown as number[]);
  }
  return text;
}
