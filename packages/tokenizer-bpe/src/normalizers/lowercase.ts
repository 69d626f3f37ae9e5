import { type AlignedText, changeCharacters } from "../aligned-text.js";

/** Every character in lower case by itself: a final Σ becomes σ, not ς, as in Hugging Face's `Lowercase`. */
export function lowercase(input: AlignedText): AlignedText {
  const { text } = input;
  const lower = text.toLowerCase();
  if (lower === text) return input;
  if (lower.length === text.length && !text.includes("Σ")) return { ...input, text: lower };
  return changeCharacters(input, (character) => character.toLowerCase());
}
