import type {
  DecodeOptions,
  DecodeStream,
  DetailedEncodeOptions,
  EncodeOptions,
  Encoding,
  SpecialIds,
  Tokenizer,
} from "@t5ts/tokenizer-bpe";
import { cleanUpStream } from "./clean-up-spaces.js";
import { EncodingBuilder } from "./encoding-builder.js";
import type { SentencePieceModel } from "./model-file.js";
import { type SentencePieceJson, SentencePieceTokenizer } from "./sentencepiece-tokenizer.js";
import { findSpecial } from "./special-pieces.js";

/**
 * What `T5Tokenizer` of Python's transformers does by default (`legacy=True`, the "slow" one): special pieces are cut out
 * wherever they are, and SentencePiece encodes each part between them as a text of its own.
 */
export class LegacyT5Tokenizer implements Tokenizer {
  readonly vocabSize: number;
  readonly special: SpecialIds;
  readonly #extraIds: number;
  readonly #sentencePiece: SentencePieceTokenizer;
  readonly #specialIds: ReadonlyMap<string, number>;
  readonly #specialPieces: ReadonlyMap<number, string>;

  constructor(model: SentencePieceModel, extraIds: number) {
    this.#extraIds = extraIds;
    this.#sentencePiece = new SentencePieceTokenizer(model);
    const own = this.#sentencePiece.special;
    const size = model.pieces.length + extraIds;
    const sentinels = Array.from({ length: extraIds }, (_, i) => size - 1 - i);
    const specialIds = new Map<string, number>();
    // A piece that the model lacks gets an id after all others.
    let next = size;
    const idOf = (piece: string, id: number): number => {
      const given = id >= 0 ? id : (this.#sentencePiece.idOf(piece) ?? next++);
      specialIds.set(piece, given);
      return given;
    };
    const end = idOf("</s>", own.end);
    const unknown = idOf("<unk>", own.unknown);
    const pad = idOf("<pad>", own.pad);
    for (const [i, id] of sentinels.entries()) specialIds.set(`<extra_id_${i}>`, id);
    this.special = { pad, end, unknown, start: -1, mask: -1, sentinels };
    this.vocabSize = next;
    this.#specialIds = specialIds;
    this.#specialPieces = new Map([...specialIds].map(([piece, id]) => [id, piece]));
  }

  encode(text: string, { pair, addSpecialTokens = true }: EncodeOptions = {}): number[] {
    const ids: number[] = [];
    for (const each of pair === undefined ? [text] : [text, pair]) {
      let last = -1;
      for (const part of findSpecial(each, this.#specialIds)) {
        if (part.id >= 0) ids.push(part.id);
        else for (const id of this.#sentencePiece.encode(part.text)) ids.push(id);
        last = ids.at(-1) ?? -1;
      }
      if (addSpecialTokens && last !== this.special.end) ids.push(this.special.end);
    }
    return ids;
  }

  encodeDetailed(text: string, options: DetailedEncodeOptions = {}): Encoding {
    const builder = new EncodingBuilder();
    const counts = options.offsets ?? "utf16";
    for (const [sequence, each] of (options.pair === undefined ? [text] : [text, options.pair]).entries()) {
      const before = builder.ids.length;
      let place = 0;
      for (const part of findSpecial(each, this.#specialIds)) {
        const length = counts === "utf16" ? part.text.length : [...part.text].length;
        if (part.id < 0) this.#sentencePiece.appendDetails(part.text, sequence as 0 | 1, builder, options, place);
        else {
          builder.add(part.id, part.text, place, place + length, sequence as 0 | 1);
          builder.nextWord();
        }
        place += length;
      }
      const { end } = this.special;
      const isClosed = builder.ids.length > before && builder.ids.at(-1) === end;
      if (options.addSpecialTokens !== false && !isClosed) builder.addMark(end, this.pieceOf(end)!);
    }
    return builder.finish();
  }

  decode(ids: Iterable<number>, options: DecodeOptions = {}): string {
    const stream = this.decodeStream(options);
    let text = "";
    for (const id of ids) text += stream.push(id);
    return text + stream.end();
  }

  decodeStream({ skipSpecialTokens = false }: DecodeOptions = {}): DecodeStream {
    // SentencePiece decodes what is between special pieces, of which each is followed by a space.
    let part = this.#sentencePiece.decodeStream();
    return cleanUpStream(
      trimStream({
        push: (id) => {
          const special = this.#specialPieces.get(id);
          if (special === undefined) return part.push(id);
          if (skipSpecialTokens) return "";
          const text = `${part.end()}${special} `;
          part = this.#sentencePiece.decodeStream();
          return text;
        },
        end: () => part.end(),
      }),
    );
  }

  idOf(piece: string): number | undefined {
    return this.#specialIds.get(piece) ?? this.#sentencePiece.idOf(piece);
  }

  pieceOf(id: number): string | undefined {
    return this.#specialPieces.get(id) ?? this.#sentencePiece.pieceOf(id);
  }

  toJSON(): LegacyT5Json {
    return { ...this.#sentencePiece.toJSON(), type: "T5", dialect: "hf-legacy", extraIds: this.#extraIds };
  }
}

export type LegacyT5Json = Omit<SentencePieceJson, "type"> & {
  readonly type: "T5";
  readonly dialect: "hf-legacy";
  readonly extraIds: number;
};

/** Without the spaces at both ends of the text. */
function trimStream(stream: DecodeStream): DecodeStream {
  let isEmpty = true;
  let spaces = "";
  const write = (text: string): string => {
    const trimmed = isEmpty ? text.trimStart() : spaces + text;
    if (trimmed === "") return "";
    isEmpty = false;
    const end = trimmed.trimEnd().length;
    spaces = trimmed.slice(end);
    return trimmed.slice(0, end);
  };
  return { push: (id) => write(stream.push(id)), end: () => write(stream.end()) };
}
