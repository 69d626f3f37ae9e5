import { type AlignedText, TextRewriter } from "../aligned-text.js";

/** Leaves out combining marks; after NFD that makes `é` an `e`. */
export function stripAccents(input: AlignedText): AlignedText {
  const rewriter = new TextRewriter(input);
  let at = 0;
  for (const { index, 0: marks } of input.text.matchAll(/\p{M}+/gu)) {
    rewriter.keep(at, index);
    at = index + marks.length;
  }
  if (at === 0) return input;
  rewriter.keep(at, input.text.length);
  return rewriter.finish();
}
