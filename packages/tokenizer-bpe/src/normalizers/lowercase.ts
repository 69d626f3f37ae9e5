import { type AlignedText, TextRewriter } from "../aligned-text.js";

/** Every character in lower case by itself: a final Σ becomes σ, not ς, as in Hugging Face's `Lowercase`. */
export function lowercase(input: AlignedText): AlignedText {
  const { text } = input;
  const lower = text.toLowerCase();
  if (lower === text) return input;
  if (lower.length === text.length && !text.includes("Σ")) return { ...input, text: lower };
  const rewriter = new TextRewriter(input);
  let at = 0;
  for (const character of text) {
    rewriter.put(character.toLowerCase(), at);
    at += character.length;
  }
  return rewriter.finish();
}
