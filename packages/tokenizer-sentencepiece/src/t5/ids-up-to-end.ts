/**
 * What a model wrote before it went on after its end: the ids up to the first end mark, that included. Ids that the
 * vocabulary lacks become the unknown id, if there is one.
 *
 * seqio's `Vocabulary.decode` does this first.
 */
export function idsUpToEnd(
  ids: Iterable<number>,
  {
    vocabSize,
    end,
    unknown,
  }: { readonly vocabSize: number; readonly end: number; readonly unknown?: number | undefined },
): number[] {
  const kept: number[] = [];
  for (const id of ids) {
    kept.push(id >= vocabSize && unknown !== undefined && unknown >= 0 ? unknown : id);
    if (id === end) break;
  }
  return kept;
}
