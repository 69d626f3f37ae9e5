import type { ByteSource } from "./byte-source.js";
import { expectRecords, readLines } from "./lines.js";

/** A sentence of words, each with its tag. */
export type TaggedWords = { words: string[]; tags: string[] };

/** Which columns of a CoNLL file hold what, counted from 0. */
export type ConllColumns = {
  word: number;
  tag: number;
  /** A column of word numbers: rows such as `3-4` or `5.1`, which aren't words of the sentence, are passed over. */
  id?: number;
  /** Lines that begin with this are comments. */
  comment?: string;
};

/** `token<TAB>tag`, or with spaces; no comments, since a token can be `#`. */
export const TOKEN_TAG: ConllColumns = { word: 0, tag: 1 };
/** `id<TAB>token<TAB>tag`, with comments. */
export const IOB2: ConllColumns = { id: 0, word: 1, tag: 2, comment: "#" };
/** The ten columns of CoNLL-U: FORM and UPOS. */
export const CONLL_U: ConllColumns = { id: 0, word: 1, tag: 3, comment: "#" };

const DOCUMENT_START = "-DOCSTART-";

/**
 * The sentences of a file with a word and its tag on each line and a blank line between sentences.
 *
 * Columns are divided by tabs, or, on a line without tabs, by spaces (U+0020). The row `-DOCSTART-`, which stands between
 * documents in CoNLL-2003, is no word.
 *
 * @throws Error on reading, naming the line, if a line has too few columns.
 */
export function readConll(source: ByteSource, columns: ConllColumns): AsyncGenerator<TaggedWords> {
  const needed = Math.max(columns.word, columns.tag, columns.id ?? 0) + 1;
  async function* sentences(): AsyncGenerator<TaggedWords> {
    let sentence: TaggedWords = { words: [], tags: [] };
    for await (const { number, text } of readLines(source)) {
      if (/^[ \t]*$/.test(text)) {
        if (sentence.words.length > 0) yield sentence;
        sentence = { words: [], tags: [] };
        continue;
      }
      if (columns.comment !== undefined && text.startsWith(columns.comment)) continue;
      // Other white space is a part of the word: a token may be a no-break space.
      const fields = text.includes("\t") ? text.split("\t") : text.replace(/^ +| +$/g, "").split(/ +/);
      if (fields.length < needed) {
        throw new Error(
          `${source.name}:${number}: expected at least ${needed} columns, a word in column ${columns.word} and ` +
            `its tag in column ${columns.tag}, got ${fields.length}: ${JSON.stringify(text)}`,
        );
      }
      if (columns.id !== undefined && /^\d+[-.]\d+$/.test(fields[columns.id]!)) continue;
      if (fields[columns.word] === DOCUMENT_START) continue;
      sentence.words.push(fields[columns.word]!);
      sentence.tags.push(fields[columns.tag]!);
    }
    if (sentence.words.length > 0) yield sentence;
  }
  return expectRecords(source, "sentence", sentences());
}
