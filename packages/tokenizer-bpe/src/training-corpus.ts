import { BYTE_CHARACTERS, utf8 } from "./byte-alphabet.js";
import type { SpelledCorpus } from "./merge-trainer.js";
import type { WordTable } from "./word-table.js";

/** The different words of the texts, and how often each occurs. */
export type CountedWords = { readonly table: WordTable; readonly counts: readonly number[] };

/** The characters for the 256 bytes, in the order of their code points. */
export function byteAlphabet(): string[] {
  return [...BYTE_CHARACTERS].sort();
}

/**
 * The characters of the words in the order of their code points; at most `limitAlphabet`, then the most frequent ones
 * and among equals those with the lower code point. Those of `initialAlphabet` come before all others.
 */
export function characterAlphabet(
  words: CountedWords,
  {
    initialAlphabet = [],
    limitAlphabet = Number.POSITIVE_INFINITY,
  }: { initialAlphabet?: Iterable<string> | undefined; limitAlphabet?: number | undefined },
): string[] {
  const counts = new Map<number, number>();
  for (const [word, count] of words.counts.entries()) {
    for (const code of codePoints(unitsOf(words.table, word))) counts.set(code, (counts.get(code) ?? 0) + count);
  }
  for (const character of initialAlphabet) counts.set(character.codePointAt(0)!, Number.POSITIVE_INFINITY);
  const kept = [...counts]
    .sort(([a, countA], [b, countB]) => (countA === countB ? a - b : countB - countA))
    .slice(0, limitAlphabet);
  return kept
    .map(([code]) => code)
    .sort((a, b) => a - b)
    .map((code) => String.fromCodePoint(code));
}

/** Spells the words in numbers of the alphabet. A character that isn't in it ends a word, so that nothing is merged across. */
export function spellCorpus(words: CountedWords, alphabet: readonly string[], isByteLevel: boolean): SpelledCorpus {
  const numbers = new Map(alphabet.map((character, number) => [character.codePointAt(0)!, number]));
  const byteNumbers = BYTE_CHARACTERS.map((character) => numbers.get(character.codePointAt(0)!) ?? -1);
  const symbols: number[] = [];
  const ends: number[] = [];
  const counts: number[] = [];
  for (const [word, count] of words.counts.entries()) {
    const endWord = (): void => {
      if (symbols.length === (ends.at(-1) ?? 0)) return;
      ends.push(symbols.length);
      counts.push(count);
    };
    for (const code of codePoints(unitsOf(words.table, word))) {
      if (isByteLevel) for (const byte of utf8(code)) symbols.push(byteNumbers[byte]!);
      else {
        const number = numbers.get(code);
        if (number === undefined) endWord();
        else symbols.push(number);
      }
    }
    endWord();
  }
  return { symbols: Int32Array.from(symbols), ends: Int32Array.from(ends), counts: Float64Array.from(counts) };
}

function unitsOf({ units, ends }: WordTable, word: number): Uint16Array {
  return units.subarray(ends[word - 1] ?? 0, ends[word]);
}

function* codePoints(units: Uint16Array): Generator<number> {
  for (let i = 0; i < units.length; i++) {
    const unit = units[i]!;
    const isPair = unit >= 0xd800 && unit < 0xdc00;
    yield isPair ? (unit - 0xd800) * 0x400 + units[++i]! - 0xdc00 + 0x10000 : unit;
  }
}
