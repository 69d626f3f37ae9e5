import { type AlignedText, TextRewriter } from "../aligned-text.js";

/** A Unicode normalization form. Where characters are composed, the result stands for the first of them. */
export function unicodeForm(input: AlignedText, form: "NFC" | "NFD" | "NFKC" | "NFKD"): AlignedText {
  if (!TOO_MANY_MARKS.test(input.text)) {
    const text = input.text.normalize(form);
    if (text === input.text) return input;
    if (input.origins === undefined) return { ...input, text };
  }
  const rewriter = new TextRewriter(input);
  const normalize = once((text) => text.normalize(form));
  const decompose = once((character) => [...character.normalize(form.replace("C", "D"))]);
  const align = once((cluster) => alignCluster(cluster, normalize(cluster), decompose));
  // Normalization acts on a base and what follows it by itself, so only the clusters that change are taken apart.
  let at = 0;
  for (const { index, 0: cluster } of input.text.matchAll(CLUSTER)) {
    const changed = normalize(cluster);
    if (changed === cluster) continue;
    rewriter.keep(at, index);
    if (input.origins === undefined) rewriter.put(changed, index);
    else for (const [i, place] of align(cluster).entries()) rewriter.put(changed[i]!, index + place);
    at = index + cluster.length;
  }
  rewriter.keep(at, input.text.length);
  return rewriter.finish();
}

// A base with marks; and Hangul, which composes from letters, in its plain, compatibility and half-width forms, and the
// half-width Japanese voicing marks, which are letters too. Engines sort marks by insertion: a hundred thousand of them
// would take seconds, so that what follows a thousand is taken for a cluster of its own.
const CLUSTER = /.(?:[\p{M}\u1160-\u11ff\u3131-\u318e\uff9e-\uffdc]){0,999}/gsu;
const TOO_MANY_MARKS = /\p{M}{1000}/u;

/**
 * For each unit of a changed cluster the place of what it stands for: the characters of the cluster's full decomposition
 * each take up a character of the text, or add to the one before; a composition takes up what its parts did.
 */
function alignCluster(cluster: string, changed: string, decompose: (character: string) => readonly string[]): number[] {
  const starts: number[] = [];
  const takes = new Map<string, number[]>(); // of each decomposed character, what each of them takes up
  let at = 0;
  for (const original of cluster) {
    starts.push(at);
    at += original.length;
    let take = 1;
    for (const part of decompose(original)) {
      if (!takes.has(part)) takes.set(part, []);
      takes.get(part)!.push(take);
      take = 0;
    }
  }
  const places: number[] = [];
  let taken = 0;
  for (const character of changed) {
    let count = 0;
    for (const part of decompose(character)) count += takes.get(part)?.shift() ?? 0;
    const place = starts[count > 0 ? taken : taken - 1] ?? 0;
    for (let i = 0; i < character.length; i++) places.push(place);
    taken += count;
  }
  return places;
}

/** Makes the value for each different text once. */
function once<T>(make: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    let value = known.get(text);
    if (value === undefined) known.set(text, (value = make(text)));
    return value;
  };
}
