import { type AlignedText, prependText, TextRewriter } from "../aligned-text.js";
import { BYTE_CHARACTERS, utf8 } from "../byte-alphabet.js";
import type { Stage } from "./words.js";

/** Puts a space in front of a text that doesn't begin with one. */
export const prefixSpace: Stage = {
  change: (piece) => (piece.text.startsWith(" ") ? piece : prependText(" ", piece)),
};

/** Writes every byte of the UTF-8 of a word as the character that stands for it. */
export const byteCharacters: Stage = {
  change: (piece: AlignedText) => {
    const rewriter = new TextRewriter(piece);
    let at = 0;
    for (const character of piece.text) {
      for (const byte of utf8(character.codePointAt(0)!)) rewriter.put(BYTE_CHARACTERS[byte]!, at);
      at += character.length;
    }
    return rewriter.finish();
  },
};
