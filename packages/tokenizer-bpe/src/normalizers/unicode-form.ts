import { type AlignedText, TextRewriter } from "../aligned-text.js";

/** A Unicode normalization form. Where characters are composed, the result stands for the first of them. */
export function unicodeForm(input: AlignedText, form: "NFC" | "NFD" | "NFKC" | "NFKD"): AlignedText {
  if (!TOO_MANY_MARKS.test(input.text)) {
    const text = input.text.normalize(form);
    if (text === input.text) return input;
    if (input.origins === undefined) return { ...input, text };
  }
  const rewriter = new TextRewriter(input);
  const decompose = decomposer(form.replace("C", "D"));
  // Normalization acts on a base and what follows it by itself, so only the clusters that change are taken apart.
  let at = 0;
  for (const { index, 0: cluster } of input.text.matchAll(CLUSTER)) {
    const changed = cluster.normalize(form);
    if (changed === cluster) continue;
    rewriter.keep(at, index);
    if (input.origins === undefined) rewriter.put(changed, index);
    else rewriteCluster(rewriter, cluster, changed, index, decompose);
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
 * The characters of the cluster's full decomposition each take up a character of the text, or add to the one before;
 * a composition takes up what its parts did.
 */
function rewriteCluster(
  rewriter: TextRewriter,
  cluster: string,
  changed: string,
  start: number,
  decompose: (character: string) => readonly string[],
): void {
  const starts: number[] = [];
  const takes = new Map<string, number[]>(); // of each decomposed character, what each of them takes up
  let at = start;
  for (const original of cluster) {
    starts.push(at);
    at += original.length;
    for (const [index, character] of decompose(original).entries()) {
      if (!takes.has(character)) takes.set(character, []);
      takes.get(character)!.push(index === 0 ? 1 : 0);
    }
  }
  let taken = 0;
  for (const character of changed) {
    const count = decompose(character).reduce((sum, part) => sum + (takes.get(part)?.shift() ?? 0), 0);
    rewriter.put(character, starts[Math.max(count > 0 ? taken : taken - 1, 0)] ?? start);
    taken += count;
  }
}

/** Decomposes characters, each different one once. */
function decomposer(form: string): (character: string) => readonly string[] {
  const known = new Map<string, readonly string[]>();
  return (character) => {
    if (!known.has(character)) known.set(character, [...character.normalize(form)]);
    return known.get(character)!;
  };
}
