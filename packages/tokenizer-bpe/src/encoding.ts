import type { TemplatePart } from "./post-processors/template.js";
import type { SpelledText } from "./spelled-text.js";

/**
 * A text as a model sees it; every list has an entry for each id.
 *
 * A list of a long text may be made when it's first read. It's a property like others: it can be listed, spread, compared,
 * written as JSON and cloned.
 */
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

/** The ids of a text with their places, and what they were spelled by. */
export type Spelling = Pick<SpelledText, "items" | "length"> & {
  readonly parts: readonly TemplatePart[];
  /** The number of the id after each part. */
  readonly partEnds: readonly number[];
  readonly vocabulary: readonly (string | undefined)[];
};

/**
 * Lists of more ids have memory of their own in V8, new to the process each time: making one takes as long as spelling.
 */
const MOST_LISTED = 1 << 14;

export function listIds({ items, length }: Spelling): number[] {
  const ids = Array<number>(length);
  for (let i = 0; i < length; i++) ids[i] = items[i * 4]!;
  return ids;
}

/** The encoding of a text that was spelled. `spelling` may change afterwards. */
export function describeSpelling(spelling: Spelling): Encoding {
  const { items, length } = spelling;
  if (length > MOST_LISTED)
    return new LongEncoding({ ...spelling, items: items.slice(0, length * 4) }) as object as Encoding;
  const encoding: Record<string, unknown> = {};
  for (const name of LISTS) encoding[name] = MAKERS[name](spelling);
  return encoding as Encoding;
}

const MAKERS: { readonly [Name in keyof Encoding]: (spelling: Spelling) => Encoding[Name] } = {
  ids: listIds,
  pieces: ({ items, length, vocabulary }) => list(length, (i) => vocabulary[items[i * 4]!]!),
  offsets: ({ items, length }) =>
    list(length, (i, offsets) => {
      const at = i * 4;
      const start = items[at + 1]!;
      const end = items[at + 2]!;
      // The bytes of a character have one range in common: with rare characters, ranges would take most of the time.
      const isSame = start === items[at - 3] && end === items[at - 2];
      return isSame ? offsets[i - 1]! : [start, end];
    }),
  wordIds: ({ items, length }) => list(length, (i) => (items[i * 4 + 3]! < 0 ? null : items[i * 4 + 3]!)),
  sequenceIds: (spelling) => each(spelling, (part) => ("ids" in part ? null : part.sequence)),
  typeIds: (spelling) => each(spelling, (part) => part.typeId),
  attentionMask: (spelling) => each(spelling, () => 1),
  specialTokensMask: (spelling) => each(spelling, (part) => ("ids" in part ? 1 : 0)),
};

const LISTS = Object.keys(MAKERS) as (keyof Encoding)[];

/** Makes lists when they're first read, and keeps them. */
class LongEncoding {
  readonly #spelling: Spelling;
  readonly #made: Record<string, unknown> = {};

  constructor(spelling: Spelling) {
    this.#spelling = spelling;
    Object.defineProperties(this, LongEncoding.#properties);
  }

  // The object's own, not the prototype's, so that they're spread and written. The functions are the same for all: V8
  // would keep what functions of each encoding hold, all lists, until it collects old objects.
  static readonly #properties: PropertyDescriptorMap = Object.fromEntries(
    LISTS.map((name) => [
      name,
      {
        enumerable: true,
        get(this: LongEncoding) {
          return (this.#made[name] ??= MAKERS[name](this.#spelling));
        },
      },
    ]),
  );
}

function list<T>(length: number, value: (index: number, made: readonly T[]) => T): T[] {
  const made = Array<T>(length);
  for (let i = 0; i < length; i++) made[i] = value(i, made);
  return made;
}

function each<T>({ parts, partEnds, length }: Spelling, value: (part: TemplatePart) => T): T[] {
  const made = Array<T>(length);
  for (const [i, part] of parts.entries()) made.fill(value(part), partEnds[i - 1], partEnds[i]);
  return made;
}

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
