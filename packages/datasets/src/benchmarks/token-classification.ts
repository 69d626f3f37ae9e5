import type { TokenLabels } from "../objectives/masked-lm.js";
import type { TaggedWords } from "../reading/conll.js";
import { IGNORED_LABEL } from "../seq2seq-example.js";

export type TokenClassificationOptions = {
  /**
   * The pieces of a word. `isFirst` says whether it begins the text, which a tokenizer that marks spaces may have to
   * know.
   */
  encodeWord: (word: string, isFirst: boolean) => number[];
  /** The tags by class. */
  tagNames: readonly string[];
  startId?: number;
  endId?: number;
};

/**
 * Tagged words as ids with labels: the class of a word at its first piece, `IGNORED_LABEL` at the others and at marks.
 *
 * @throws RangeError for a tag without a class.
 */
export function tokenClassificationExample(
  { words, tags }: TaggedWords,
  { encodeWord, tagNames, startId, endId }: TokenClassificationOptions,
): TokenLabels {
  const inputIds = startId === undefined ? [] : [startId];
  const labels = startId === undefined ? [] : [IGNORED_LABEL];
  for (const [i, word] of words.entries()) {
    const label = tagNames.indexOf(tags[i]!);
    if (label === -1) {
      throw new RangeError(
        `tokenClassificationExample: tags[${i}]: expected one of ${tagNames.join(", ")}, got "${tags[i]}"`,
      );
    }
    // A word that the tokenizer drops, such as a lone control character, has no piece to label.
    for (const [piece, id] of encodeWord(word, i === 0).entries()) {
      inputIds.push(id);
      labels.push(piece === 0 ? label : IGNORED_LABEL);
    }
  }
  if (endId !== undefined) {
    inputIds.push(endId);
    labels.push(IGNORED_LABEL);
  }
  return { inputIds, labels };
}

/** The tags that occur, `O` first and the others sorted: the classes of a data set. */
export function tagNamesOf(sentences: Iterable<{ tags: readonly string[] }>): string[] {
  const names = new Set<string>();
  for (const { tags } of sentences) for (const tag of tags) names.add(tag);
  names.delete("O");
  return ["O", ...[...names].sort()];
}
