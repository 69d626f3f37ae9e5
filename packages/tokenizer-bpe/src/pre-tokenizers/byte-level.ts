import { changeCharacters, prependText } from "../aligned-text.js";
import { byteCharacters } from "../byte-alphabet.js";
import type { Stage } from "./words.js";

/** Puts a space in front of a text that doesn't begin with one. */
export const prefixSpace: Stage = {
  change: (piece) => (piece.text.startsWith(" ") ? piece : prependText(" ", piece)),
};

/** Writes every byte of the UTF-8 of a word as the character that stands for it. */
export const byteLevelCharacters: Stage = { change: (piece) => changeCharacters(piece, byteCharacters) };
