/** A text as a model sees it; every list has an entry for each id. */
export type Encoding = {
  readonly ids: number[];
  /** The pieces of the ids as the vocabulary writes them. */
  readonly pieces: string[];
  /** Where in the text each id comes from: start and end. [0, 0] for marks and padding. */
  readonly offsets: (readonly [number, number])[];
  /** The number of the word that each id is a part of; null for marks and padding. */
  readonly wordIds: (number | null)[];
  /** 0 for the first text, 1 for the second; null for marks and padding. */
  readonly sequenceIds: (number | null)[];
  /** The number that the template gives each part. */
  readonly typeIds: number[];
  /** 0 for padding, 1 for everything else. */
  readonly attentionMask: number[];
  /** 1 for marks and padding, 0 for what was in the texts. */
  readonly specialTokensMask: number[];
};

/** One encoding after the other. */
export function joinEncodings(parts: readonly Encoding[]): Encoding {
  if (parts.length === 1) return parts[0]!;
  const lists = LISTS.map((name) => [name, parts.flatMap((part) => part[name] as unknown[])]);
  return Object.fromEntries(lists) as Encoding;
}

/** Ids that stand for nothing in a text: marks, or padding if attention is 0. */
export function encodeMarks(
  ids: readonly number[],
  pieces: readonly string[],
  typeId: number,
  attention: 0 | 1,
): Encoding {
  const each = <T>(value: T): T[] => Array<T>(ids.length).fill(value);
  return {
    ids: [...ids],
    pieces: [...pieces],
    offsets: ids.map(() => [0, 0]),
    wordIds: each(null),
    sequenceIds: each(null),
    typeIds: each(typeId),
    attentionMask: each<number>(attention),
    specialTokensMask: each(1),
  };
}

const LISTS = Object.keys(encodeMarks([], [], 0, 1)) as (keyof Encoding)[];
