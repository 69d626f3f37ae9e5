import { bytesOfPiece } from "./decoders/byte-level.js";
import type { ParsedDecoder } from "./decoders/parse-decoder.js";
import type { DecodeStream } from "./tokenizer.js";

/** The longest character has four bytes. What is still U+FFFD after so many pieces with bytes stays so. */
const MOST_UNFINISHED = 8;

/**
 * Decodes pieces as they come.
 *
 * Byte-level pieces go to a streaming UTF-8 decoder. Other decoders are given the last pieces that gave text together
 * with the new ones, and what their text has more than that of the last ones alone is new: decoders look back no farther.
 *
 * @param pieceOf The piece of an id; undefined for one that prints nothing.
 */
export function openDecodeStream(decoder: ParsedDecoder, pieceOf: (id: number) => string | undefined): DecodeStream {
  return decoder.isByteLevel ? streamBytes(pieceOf) : streamPieces(decoder, pieceOf);
}

function streamBytes(pieceOf: (id: number) => string | undefined): DecodeStream {
  const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });
  return {
    push(id) {
      const piece = pieceOf(id);
      return piece === undefined ? "" : utf8.decode(bytesOfPiece(piece), { stream: true });
    },
    end: () => utf8.decode(),
  };
}

function streamPieces({ decode }: ParsedDecoder, pieceOf: (id: number) => string | undefined): DecodeStream {
  let written: string[] = []; // pieces whose text is out
  let waiting: string[] = [];
  const flush = (isEnd: boolean): string => {
    const before = decode(written).join("");
    const text = decode([...written, ...waiting]).join("");
    if (!isEnd && text.endsWith("\ufffd") && waiting.length < MOST_UNFINISHED) return "";
    if (text.length <= before.length) return "";
    written = waiting;
    waiting = [];
    return text.slice(before.length);
  };
  return {
    push(id) {
      const piece = pieceOf(id);
      if (piece === undefined) return "";
      waiting.push(piece);
      return flush(false);
    },
    end: () => flush(true),
  };
}
