import { buildDoubleArray, type DoubleArray, keysOf } from "./double-array.js";
import type { Piece, SentencePieceModel } from "./model-file.js";
import { ModelFileError } from "./wire-format.js";

/** The pieces of a model and what SentencePiece asks of them. */
export class Vocabulary {
  readonly pieces: readonly Piece[];
  /** The id of what no piece stands for. */
  readonly unknown: number;
  /** The id for each byte, if unknown characters are spelled in bytes. */
  readonly byteIds: Int32Array | undefined;
  readonly userDefined: readonly string[];
  readonly hasUnused: boolean;
  // Found in text or not: a model may have the same piece as both.
  readonly #inText: ReadonlyMap<string, number>;
  readonly #notInText: ReadonlyMap<string, number>;

  /** @throws ModelFileError that names the piece that doesn't fit. */
  constructor(model: SentencePieceModel) {
    const byteFallback = model.trainer.byteFallback ?? false;
    const byteIds = new Int32Array(256).fill(-1);
    const inText = new Map<string, number>();
    const notInText = new Map<string, number>();
    const userDefined: string[] = [];
    let unknown = -1;
    let hasUnused = false;
    for (const [id, { piece, type }] of model.pieces.entries()) {
      const ids = type === "normal" || type === "user-defined" || type === "unused" ? inText : notInText;
      const size = ids.size;
      if (ids.set(piece, id).size === size) throw problem(id, "piece", `"${piece}" is there twice`);
      if (type === "user-defined") userDefined.push(piece);
      if (type === "unused") hasUnused = true;
      if (type === "unknown") {
        if (unknown >= 0) throw problem(id, "type", `expected one unknown piece, got "${piece}" besides id ${unknown}`);
        unknown = id;
      }
      if (type === "byte") {
        if (!byteFallback) throw problem(id, "type", `"${piece}" is a byte, but trainer_spec.byte_fallback is false`);
        const byte = byteOf(piece);
        if (byte < 0) throw problem(id, "piece", `expected a byte as in "<0x0A>", got "${piece}"`);
        byteIds[byte] = id;
      }
    }
    if (unknown < 0) throw new ModelFileError("pieces", "expected an unknown piece, got none");
    const missing = byteIds.indexOf(-1);
    if (byteFallback && missing >= 0) {
      throw new ModelFileError("pieces", `trainer_spec.byte_fallback needs a piece for each byte; "${byteName(missing)}" lacks`);
    }
    this.pieces = model.pieces;
    this.unknown = unknown;
    this.byteIds = byteFallback ? byteIds : undefined;
    this.userDefined = userDefined;
    this.hasUnused = hasUnused;
    this.#inText = inText;
    this.#notInText = notInText;
  }

  idOf(piece: string): number | undefined {
    return this.#notInText.get(piece) ?? this.#inText.get(piece);
  }

  /** The id of a piece of a type; -1 if there is none. */
  find(piece: string, ...types: readonly Piece["type"][]): number {
    const id = this.idOf(piece);
    return id !== undefined && types.includes(this.pieces[id]!.type) ? id : -1;
  }

  /** The pieces that are included, as a trie; values are ids. */
  trieOf(isIncluded: (piece: Piece) => boolean): DoubleArray {
    const texts: string[] = [];
    const ids: number[] = [];
    for (const [id, piece] of this.pieces.entries()) {
      if (!isIncluded(piece)) continue;
      texts.push(piece.piece);
      ids.push(id);
    }
    return buildDoubleArray(keysOf(texts), ids);
  }

  /** Whether no piece for text reaches across the beginning of a `▁`. */
  isCutAtSpaces(): boolean {
    for (const piece of this.#inText.keys()) if (piece.includes("▁", 1)) return false;
    return true;
  }
}

/** The byte that a piece like `<0x0A>` stands for, or -1. */
export function byteOf(piece: string): number {
  return /^<0x[0-9A-F]{2}>$/.test(piece) ? Number.parseInt(piece.slice(3, 5), 16) : -1;
}

/** The piece that stands for a byte. */
export function byteName(byte: number): string {
  return `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`;
}

function problem(id: number, field: string, what: string): ModelFileError {
  return new ModelFileError(`pieces[${id}].${field}`, what);
}
