import type {
  DecodeOptions,
  DecodeStream,
  DetailedEncodeOptions,
  EncodeOptions,
  Encoding,
  SpecialIds,
  Tokenizer,
} from "@t5ts/tokenizer-bpe";
import { toBase64 } from "../model-file/base64.js";
import { writeModel } from "../model-file/model-file.js";
import type { SentencePieceModel } from "../model-file/sentencepiece-model.js";
import { cleanUpSpaces, cleanUpStream } from "../normalization/clean-up-spaces.js";
import { EncodingBuilder } from "../segmentation/encoding-builder.js";
import { TextProcessor } from "../text-processor.js";
import { findSpecial } from "./special-pieces.js";

/**
 * What `T5Tokenizer` of Python's transformers does by default (`legacy=True`, the "slow" one): special pieces are cut out
 * wherever they are, and SentencePiece encodes each part between them as a text of its own.
 */
export class LegacyT5Tokenizer implements Tokenizer {
  readonly vocabSize: number;
  readonly special: SpecialIds;
  readonly #model: SentencePieceModel;
  readonly #extraIds: number;
  readonly #processor: TextProcessor;
  readonly #specialIds: ReadonlyMap<string, number>;
  readonly #specialPieces: ReadonlyMap<number, string>;

  constructor(model: SentencePieceModel, extraIds: number) {
    this.#model = model;
    this.#extraIds = extraIds;
    this.#processor = new TextProcessor(model);
    const { vocabulary } = this.#processor;
    const size = vocabulary.pieces.count + extraIds;
    const sentinels = Array.from({ length: extraIds }, (_, i) => size - 1 - i);
    const specialIds = new Map<string, number>();
    // A piece that the model lacks gets an id after all others.
    let next = size;
    const idOf = (piece: string): number => {
      const id = vocabulary.idOf(piece) ?? next++;
      specialIds.set(piece, id);
      return id;
    };
    const end = idOf(model.trainer.eosPiece ?? "</s>");
    const unknown = idOf(vocabulary.pieces.textOf(vocabulary.unknown)!);
    const pad = idOf(model.trainer.padPiece ?? "<pad>");
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
        else this.#processor.appendIds(part.text, ids);
        last = ids.at(-1) ?? -1;
      }
      if (addSpecialTokens && last !== this.special.end) ids.push(this.special.end);
    }
    return ids;
  }

  encodeDetailed(text: string, options: DetailedEncodeOptions = {}): Encoding {
    const builder = new EncodingBuilder();
    const { offsets = "utf16" } = options;
    for (const [sequence, each] of (options.pair === undefined ? [text] : [text, options.pair]).entries()) {
      const before = builder.ids.length;
      let place = 0;
      for (const part of findSpecial(each, this.#specialIds)) {
        const length = offsets === "utf16" ? part.text.length : [...part.text].length;
        const details = { sequence: sequence as 0 | 1, offsets, offset: place, sampling: undefined };
        if (part.id < 0) this.#processor.appendDetails(part.text, builder, details);
        else {
          builder.add(part.id, part.text, place, place + length, details.sequence);
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
    const stream = this.#plainStream(options);
    let text = "";
    for (const id of ids) text += stream.push(id);
    return cleanUpSpaces(text + stream.end());
  }

  decodeStream(options: DecodeOptions = {}): DecodeStream {
    return cleanUpStream(this.#plainStream(options));
  }

  #plainStream({ skipSpecialTokens = false }: DecodeOptions): DecodeStream {
    // SentencePiece decodes what is between special pieces, of which each is followed by a space.
    let part = this.#processor.decodeStream();
    return trimStream({
      push: (id) => {
        const special = this.#specialPieces.get(id);
        if (special === undefined) return part.push(id);
        if (skipSpecialTokens) return "";
        const text = `${part.end()}${special} `;
        part = this.#processor.decodeStream();
        return text;
      },
      end: () => part.end(),
    });
  }

  idOf(piece: string): number | undefined {
    return this.#specialIds.get(piece) ?? this.#processor.vocabulary.idOf(piece);
  }

  pieceOf(id: number): string | undefined {
    return this.#specialPieces.get(id) ?? this.#processor.vocabulary.pieces.textOf(id);
  }

  toJSON(): LegacyT5Json {
    return { type: "T5", dialect: "hf-legacy", extraIds: this.#extraIds, model: toBase64(writeModel(this.#model)) };
  }
}

/** The form in which the tokenizer is kept as JSON: the .model file in base64. */
export type LegacyT5Json = {
  readonly type: "T5";
  readonly dialect: "hf-legacy";
  readonly extraIds: number;
  readonly model: string;
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
