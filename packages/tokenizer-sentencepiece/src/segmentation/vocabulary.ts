import { ModelFileError } from "../model-file/model-file-error.js";
import { type PackedPieces, PIECE_TYPES, packedPiecesOf } from "../model-file/packed-pieces.js";
import type { PieceType, SentencePieceModel } from "../model-file/sentencepiece-model.js";
import { NO_KEY } from "../tries/linked-trie.js";
import { buildPieceTrie, findPiece, type PieceTrie } from "../tries/piece-trie.js";

/** The pieces of a model and what SentencePiece asks of them. */
export class Vocabulary {
  readonly pieces: PackedPieces;
  /** The pieces that stand in text, those that aren't used included. */
  readonly trie: PieceTrie;
  /** The id of what no piece stands for. */
  readonly unknown: number;
  /** The id for each byte, if unknown characters are spelled in bytes. */
  readonly byteIds: Int32Array | undefined;
  /** The byte that each id stands for, if it stands for one. */
  readonly byteValues: ReadonlyMap<number, number>;
  readonly userDefined: readonly string[];
  /** The lowest and the highest score of normal pieces, which are infinite if there are none. */
  readonly lowestScore: number;
  readonly highestScore: number;
  readonly hasUnused: boolean;
  /** Whether no piece reaches across the beginning of a `▁`. */
  readonly isCutAtSpaces: boolean;
  readonly #notInText: ReadonlyMap<string, number>;

  /** @throws ModelFileError that names the piece that doesn't fit. */
  constructor(model: SentencePieceModel) {
    const pieces = packedPiecesOf(model);
    const { count, scores, types } = pieces;
    const ids = new Int32Array(count);
    const notInText = new Map<string, number>();
    const userDefined: string[] = [];
    let unknown = -1;
    let hasUnused = false;
    for (const id of countUp(ids, types)) {
      const type = pieces.typeOf(id);
      if (type === "user-defined") userDefined.push(pieces.textOf(id)!);
      else if (type === "unused") hasUnused = true;
      else {
        ids[id] = NO_KEY;
        const piece = pieces.textOf(id)!;
        if (notInText.has(piece)) throw problem(id, "piece", `"${piece}" is there twice`);
        notInText.set(piece, id);
        if (type !== "unknown") continue;
        if (unknown >= 0) throw problem(id, "type", `expected one unknown piece, got "${piece}" besides id ${unknown}`);
        unknown = id;
      }
    }
    if (unknown < 0) throw new ModelFileError("pieces", "expected an unknown piece, got none");
    this.trie = buildPieceTrie(pieces.bytes, pieces.starts, ids, {
      onRepeat: (id) => {
        throw problem(id, "piece", `"${pieces.textOf(id)}" is there twice`);
      },
    });
    this.pieces = pieces;
    this.unknown = unknown;
    this.byteIds = findBytes(pieces, notInText, model.trainer.byteFallback ?? false);
    this.byteValues = new Map(Array.from(this.byteIds ?? [], (id, byte) => [id, byte]));
    this.userDefined = userDefined;
    [this.lowestScore, this.highestScore] = rangeOf(scores, types);
    this.hasUnused = hasUnused;
    this.isCutAtSpaces = beginMarksOnly(pieces.bytes);
    this.#notInText = notInText;
  }

  idOf(piece: string): number | undefined {
    const id = this.#notInText.get(piece);
    if (id !== undefined) return id;
    const key = new TextEncoder().encode(piece);
    const found = findPiece(this.trie, key, 0, key.length);
    return found < 0 ? undefined : found;
  }

  /** The id of a piece of a type; -1 if there is none. */
  find(piece: string, ...types: readonly PieceType[]): number {
    const id = this.idOf(piece);
    return id !== undefined && types.includes(this.pieces.typeOf(id)!) ? id : -1;
  }

  /** A trie of other pieces than those of `trie`. */
  trieOf(isIncluded: (type: PieceType) => boolean): PieceTrie {
    const { bytes, starts, count } = this.pieces;
    const ids = Int32Array.from({ length: count }, (_, id) => (isIncluded(this.pieces.typeOf(id)!) ? id : NO_KEY));
    return buildPieceTrie(bytes, starts, ids);
  }
}

const NORMAL = PIECE_TYPES.indexOf("normal");

// Loops over all pieces are functions of their own, which the platform compiles soon.

/** Gives each its place as its value; returns the places of those that aren't of type normal. */
function countUp(ids: Int32Array, types: Uint8Array): number[] {
  const others: number[] = [];
  for (let id = 0; id < ids.length; id++) {
    ids[id] = id;
    if (types[id] !== NORMAL) others.push(id);
  }
  return others;
}

/** The lowest and the highest score of normal pieces. */
function rangeOf(scores: Float32Array, types: Uint8Array): [lowest: number, highest: number] {
  let lowest = Number.POSITIVE_INFINITY;
  let highest = Number.NEGATIVE_INFINITY;
  for (let id = 0; id < scores.length; id++) {
    if (types[id] !== NORMAL) continue;
    const score = scores[id]!;
    if (score < lowest) lowest = score;
    if (score > highest) highest = score;
  }
  return [lowest, highest];
}

function findBytes(
  pieces: PackedPieces,
  notInText: ReadonlyMap<string, number>,
  isFallback: boolean,
): Int32Array | undefined {
  const byteIds = new Int32Array(256).fill(-1);
  for (const [piece, id] of notInText) {
    if (pieces.typeOf(id) !== "byte") continue;
    if (!isFallback) throw problem(id, "type", `"${piece}" is a byte, but trainer_spec.byte_fallback is false`);
    const byte = byteOf(piece);
    if (byte < 0) throw problem(id, "piece", `expected a byte as in "<0x0A>", got "${piece}"`);
    byteIds[byte] = id;
  }
  if (!isFallback) return undefined;
  const missing = byteIds.indexOf(-1);
  if (missing >= 0) {
    throw new ModelFileError(
      "pieces",
      `trainer_spec.byte_fallback needs a piece for each byte; "${byteName(missing)}" lacks`,
    );
  }
  return byteIds;
}

/** The byte that a piece like `<0x0A>` stands for, or -1. */
export function byteOf(piece: string): number {
  return /^<0x[0-9A-F]{2}>$/.test(piece) ? Number.parseInt(piece.slice(3, 5), 16) : -1;
}

/** The piece that stands for a byte. */
export function byteName(byte: number): string {
  return `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`;
}

/** Whether `▁` stands at the beginning of keys only. */
function beginMarksOnly(keys: Uint8Array): boolean {
  for (let i = 5; i < keys.length; i++) {
    if (keys[i] !== 0x81 || keys[i - 1] !== 0x96 || keys[i - 2] !== 0xe2) continue;
    if (keys[i - 3] !== 0) return false;
  }
  return true;
}

function problem(id: number, field: string, what: string): ModelFileError {
  return new ModelFileError(`pieces[${id}].${field}`, what);
}
