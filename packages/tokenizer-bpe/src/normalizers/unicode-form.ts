import { type AlignedText, TextRewriter } from "../aligned-text.js";

/** A Unicode normalization form. Where characters are composed, the result stands for the first of them. */
export function unicodeForm(input: AlignedText, form: "NFC" | "NFD" | "NFKC" | "NFKD"): AlignedText {
  const text = TOO_MANY_MARKS.test(input.text)
    ? input.text.replace(CLUSTER, (cluster) => cluster.normalize(form))
    : input.text.normalize(form);
  if (text === input.text) return input;
  if (input.origins === undefined) return { ...input, text };
  const rewriter = new TextRewriter(input);
  // Normalization acts on a base and what follows it by itself, so only the clusters that change are taken apart.
  let at = 0;
  for (const { index, 0: cluster } of input.text.matchAll(CLUSTER)) {
    if (cluster.normalize(form) === cluster) continue;
    rewriter.keep(at, index);
    rewriteCluster(rewriter, cluster, index, form);
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
  start: number,
  form: "NFC" | "NFD" | "NFKC" | "NFKD",
): void {
  const isComposed = form === "NFC" || form === "NFKC";
  const decomposition = form === "NFC" || form === "NFD" ? "NFD" : "NFKD";
  const starts: number[] = [];
  const unsorted: { character: string; takes: number }[] = [];
  let at = start;
  for (const original of cluster) {
    starts.push(at);
    at += original.length;
    for (const [index, character] of [...original.normalize(decomposition)].entries())
      unsorted.push({ character, takes: index === 0 ? 1 : 0 });
  }
  const take = (character: string): number => {
    const index = unsorted.findIndex((part) => part.character === character);
    return index < 0 ? 0 : unsorted.splice(index, 1)[0]!.takes;
  };
  let taken = 0;
  for (const character of cluster.normalize(form)) {
    const parts = isComposed ? [...character.normalize("NFD")] : [character];
    const takes = parts.reduce((sum, part) => sum + take(part), 0);
    rewriter.put(character, starts[Math.max(takes > 0 ? taken : taken - 1, 0)] ?? start);
    taken += takes;
  }
}
