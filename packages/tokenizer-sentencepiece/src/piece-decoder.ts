import type { DecodeStream } from "@t5ts/tokenizer-bpe";
import type { Vocabulary } from "./segmentation/vocabulary.js";
import { Utf8Stream } from "./t5/utf8-stream.js";

export type PieceDecoderOptions = {
  /** Whether a mark of a space at the start of the text stands for none, and whether all such marks do. */
  readonly dropsFirstSpace: boolean;
  readonly dropsLeadingSpaces: boolean;
  /** What an unknown piece prints. */
  readonly unknownText: string;
};

/** Text out of ids, one by one, as SentencePiece decodes them: marks become spaces, bytes become characters, control pieces print nothing. */
export class PieceDecoder implements DecodeStream {
  readonly #vocabulary: Vocabulary;
  readonly #options: PieceDecoderOptions;
  #isEmpty = true;
  /** Whether the space that encoding put in front is still to come; and whether the last piece was it. */
  #awaitsSpace: boolean;
  #sawSpace = false;
  readonly #bytes: Utf8Stream = new Utf8Stream("\ufffd");

  constructor(vocabulary: Vocabulary, options: PieceDecoderOptions) {
    this.#vocabulary = vocabulary;
    this.#options = options;
    this.#awaitsSpace = options.dropsFirstSpace;
  }

  push(id: number): string {
    const { pieces, byteValues } = this.#vocabulary;
    let piece = pieces.textOf(id);
    if (piece === undefined) return "";
    const type = pieces.typeOf(id);
    if (type === "byte") return this.#written(this.#bytes.push(byteValues.get(id)!));
    const before = this.#written(this.#bytes.end());
    if (this.#sawSpace || !this.#isEmpty) this.#awaitsSpace = false;
    this.#sawSpace = false;
    if (type === "control") return before;
    if (type === "unknown") return before + this.#written(this.#options.unknownText);
    if (this.#awaitsSpace && piece.startsWith("▁")) {
      piece = piece.slice(1);
      this.#sawSpace = !this.#options.dropsLeadingSpaces;
    }
    return before + this.#written(piece.replaceAll("▁", " "));
  }

  end(): string {
    return this.#written(this.#bytes.end());
  }

  #written(text: string): string {
    if (text !== "") this.#isEmpty = false;
    return text;
  }
}
