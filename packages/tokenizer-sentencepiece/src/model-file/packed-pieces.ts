import { startsOf } from "../tries/piece-trie.js";
import { ModelFileError } from "./model-file-error.js";
import type { Piece, PieceType, SentencePieceModel } from "./sentencepiece-model.js";

/** The types of pieces; the place in the list is the number in the file. */
export const PIECE_TYPES: readonly (PieceType | undefined)[] = [
  undefined,
  "normal",
  "unknown",
  "control",
  "user-defined",
  "unused",
  "byte",
];

/**
 * The pieces of a model in few arrays.
 *
 * An object and a text for each piece would be most of what loading a file costs, so they are made of those that someone asks for.
 */
export class PackedPieces {
  readonly count: number;
  /** The texts in UTF-8, each followed by a 0 byte, and where each begins. */
  readonly bytes: Uint8Array;
  readonly starts: Int32Array;
  readonly scores: Float32Array;
  /** Places in `PIECE_TYPES`. */
  readonly types: Uint8Array;
  /** Those that were asked for. */
  #texts: (string | undefined)[] | undefined;

  constructor(bytes: Uint8Array, starts: Int32Array, scores: Float32Array, types: Uint8Array) {
    this.count = scores.length;
    this.bytes = bytes;
    this.starts = starts;
    this.scores = scores;
    this.types = types;
  }

  static of(pieces: readonly Piece[]): PackedPieces {
    for (const [id, { piece }] of pieces.entries()) {
      if (piece.includes("\0")) throw new ModelFileError(`pieces[${id}].piece`, "expected text without U+0000");
    }
    const bytes = new TextEncoder().encode(pieces.map(({ piece }) => `${piece}\0`).join(""));
    return new PackedPieces(
      bytes,
      startsOf(bytes, pieces.length),
      Float32Array.from(pieces, ({ score }) => score),
      Uint8Array.from(pieces, ({ type }) => PIECE_TYPES.indexOf(type)),
    );
  }

  /** These and others after them. */
  concat({ bytes, starts, scores, types }: PackedPieces): PackedPieces {
    return new PackedPieces(
      concatenate(Uint8Array, this.bytes, bytes),
      concatenate(
        Int32Array,
        this.starts,
        starts.map((start) => this.bytes.length + start),
      ),
      concatenate(Float32Array, this.scores, scores),
      concatenate(Uint8Array, this.types, types),
    );
  }

  /** Undefined for an id that no piece has. */
  textOf(id: number): string | undefined {
    const known = this.#texts?.[id];
    if (known !== undefined) return known;
    const start = this.starts[id];
    if (start === undefined) return undefined;
    this.#texts ??= new Array(this.count);
    const text = UTF8.decode(this.bytes.subarray(start, this.bytes.indexOf(0, start)));
    this.#texts[id] = text;
    return text;
  }

  typeOf(id: number): PieceType | undefined {
    return PIECE_TYPES[this.types[id]!];
  }

  toPieces(): Piece[] {
    const texts = UTF8.decode(this.bytes).split("\0");
    return Array.from({ length: this.count }, (_, id) => {
      return { piece: texts[id]!, score: this.scores[id]!, type: this.typeOf(id)! };
    });
  }
}

/** A model whose list of pieces is made when someone asks for it. */
export function modelOfPacked(packed: PackedPieces, rest: Omit<SentencePieceModel, "pieces">): SentencePieceModel {
  let pieces: Piece[] | undefined;
  const model: SentencePieceModel = {
    get pieces() {
      pieces ??= packed.toPieces();
      return pieces;
    },
    ...rest,
  };
  PACKED.set(model, packed);
  return model;
}

export function packedPiecesOf(model: SentencePieceModel): PackedPieces {
  return PACKED.get(model) ?? PackedPieces.of(model.pieces);
}

const PACKED = new WeakMap<SentencePieceModel, PackedPieces>();

const UTF8 = new TextDecoder("utf-8", { ignoreBOM: true });

function concatenate<T extends Uint8Array | Int32Array | Float32Array>(
  type: new (length: number) => T,
  first: T,
  second: T,
): T {
  const both = new type(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
