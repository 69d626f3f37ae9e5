/** The pieces by their ids, and the merges: ids of left part, right part and result, three for each, first merge first. */
export type BpeVocabulary = {
  /** Ids may have gaps. */
  readonly pieces: readonly (string | undefined)[];
  readonly ids: ReadonlyMap<string, number>;
  /** No pair of parts twice. */
  readonly merges: Int32Array;
};
