/** Lists of ids by name, such as `inputs` and `targets`. */
export type IdFeatures<F extends string> = Readonly<Record<F, readonly number[]>>;

/**
 * A row of ids that several examples share. `segmentIds` says which id is whose, from 1, 0 on padding; `positions`
 * counts within each.
 */
export type PackedIds = { ids: number[]; segmentIds: number[]; positions: number[] };

/** The first ids of each feature, as many as its length allows. An end mark can be cut off. */
export function trimFeatures<F extends string>(
  examples: readonly IdFeatures<F>[],
  lengths: Readonly<Record<F, number>>,
): Record<F, number[]>[] {
  return examples.map((example) => mapFeatures(lengths, (length, name) => example[name].slice(0, length)));
}

/** What a feature may hold: ids, or a list of values for each place, such as an id and its weight. */
export type FeatureValues = readonly number[] | readonly (readonly number[])[];

/**
 * Brings each feature that has a length to it: cuts what is longer, fills what is shorter with `padId`. Where a place
 * holds several values, all of a filled place are `padId`. Features without a length stay as they are.
 *
 * inputs [7, 8, 1] of length 5 → [7, 8, 1, 0, 0]; targets [[3, 0.5]] of length 2 → [[3, 0.5], [0, 0]]
 *
 * @throws RangeError if a feature is to be filled whose places hold different numbers of values.
 *
 * seqio's `trim_and_pad_dataset`.
 */
export function trimAndPad(
  examples: readonly Readonly<Record<string, FeatureValues>>[],
  lengths: Readonly<Record<string, number>>,
  padId = 0,
): Record<string, FeatureValues>[] {
  return examples.map((example) =>
    mapFeatures(example, (values, name) => {
      const length = lengths[name];
      return length === undefined ? values : fitTo(values, length, padId, name);
    }),
  );
}

function fitTo(values: FeatureValues, length: number, padId: number, name: string): FeatureValues {
  const missing = Math.max(0, length - values.length);
  const widths = new Set(values.map((value) => (typeof value === "number" ? undefined : value.length)));
  if (missing > 0 && widths.size > 1) {
    const sizes = [...widths].map((width) => width ?? "a number").join(", ");
    throw new RangeError(`trimAndPad: ${name}: expected as many values at each place, got ${sizes}`);
  }
  const [width] = widths;
  const filler = width === undefined ? padId : new Array<number>(width).fill(padId);
  const fillers = Array.from({ length: missing }, () => filler);
  return [...values.slice(0, length), ...fillers] as FeatureValues;
}

/**
 * Puts examples into rows of the given lengths, in order, as many into each as fit in all features; the rest of a row
 * is `padId`. Longer examples are trimmed, padding at their ends is dropped.
 *
 * A feature of an example can be empty. Its segment's number is then left out in that feature, so that a number means
 * the same example in each. (seqio counts on, and pairs inputs with the targets of others.)
 */
export function trimAndPack<F extends string>(
  examples: readonly IdFeatures<F>[],
  lengths: Readonly<Record<F, number>>,
  padId = 0,
): Record<F, PackedIds>[] {
  const trimmed = trimFeatures(examples, lengths).map((example) =>
    mapFeatures(lengths, (_, name) => withoutPadding(example[name], padId)),
  );
  return packGroups(trimmed, lengths).map((group) =>
    mapFeatures(lengths, (length, name) =>
      layOut(
        group.map((example) => example[name]),
        length,
        padId,
      ),
    ),
  );
}

/** The examples that share a row: taken in order, for as long as all features fit. */
export function packGroups<F extends string, E extends IdFeatures<F>>(
  examples: readonly E[],
  lengths: Readonly<Record<F, number>>,
): E[][] {
  const names = Object.keys(lengths) as F[];
  const groups: E[][] = [];
  let used = mapFeatures(lengths, () => 0);
  for (const example of examples) {
    const fits = names.every((name) => used[name] + example[name].length <= lengths[name]);
    if (groups.length === 0 || !fits) {
      groups.push([]);
      used = mapFeatures(lengths, () => 0);
    }
    groups.at(-1)!.push(example);
    for (const name of names) used[name] += example[name].length;
  }
  return groups;
}

/** Lists of ids one after the other, filled up to `length`. */
export function layOut(segments: readonly (readonly number[])[], length: number, padId: number): PackedIds {
  const fill = (row: number[], filler: number) => [...row, ...new Array<number>(length - row.length).fill(filler)];
  return {
    ids: fill(segments.flat(), padId),
    segmentIds: fill(
      segments.flatMap((ids, i) => ids.map(() => i + 1)),
      0,
    ),
    positions: fill(
      segments.flatMap((ids) => [...ids.keys()]),
      0,
    ),
  };
}

/** `ids` without the padding at their end. */
export function withoutPadding(ids: readonly number[], padId: number): number[] {
  let end = ids.length;
  while (end > 0 && ids[end - 1] === padId) end--;
  return ids.slice(0, end);
}

/** The record with each value replaced by what `map` makes of it. */
export function mapFeatures<F extends string, A, B>(
  record: Readonly<Record<F, A>>,
  map: (value: A, name: F) => B,
): Record<F, B> {
  const entries = (Object.entries(record) as [F, A][]).map(([name, value]) => [name, map(value, name)]);
  return Object.fromEntries(entries) as Record<F, B>;
}
