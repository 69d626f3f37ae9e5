import { buildDoubleArray, keysOf } from "./build-double-array.js";
import { type DoubleArray, findValue } from "./double-array.js";
import type { Piece, SentencePieceModel } from "./model-file.js";
import { ModelFileError } from "./model-file-error.js";

/** The pieces of a model and what SentencePiece asks of them. */
export class Vocabulary {
  readonly pieces: readonly Piece[];
  /** The pieces that stand in text, those that aren't used included; values are ids. */
  readonly trie: DoubleArray;
  /** The id of what no piece stands for. */
  readonly unknown: number;
  /** The id for each byte, if unknown characters are spelled in bytes. */
  readonly byteIds: Int32Array | undefined;
  readonly userDefined: readonly string[];
  /** The scores in the file; and the lowest and the highest of normal pieces, which are infinite if there are none. */
  readonly scores: Float64Array;
  readonly lowestScore: number;
  readonly highestScore: number;
  readonly hasUnused: boolean;
  /** Whether no piece reaches across the beginning of a `▁`. */
  readonly isCutAtSpaces: boolean;
  readonly #notInText: ReadonlyMap<string, number>;

  /** @throws ModelFileError that names the piece that doesn't fit. */
  constructor({ pieces, trainer }: SentencePieceModel) {
    // One pass over the pieces with all that's needed of them: a loop that runs but once is most of what loading costs.
    const texts: string[] = [];
    const ids = new Int32Array(pieces.length);
    const scores = new Float64Array(pieces.length);
    const notInText = new Map<string, number>();
    const userDefined: string[] = [];
    let unknown = -1;
    let hasUnused = false;
    let lowest = Number.POSITIVE_INFINITY;
    let highest = Number.NEGATIVE_INFINITY;
    for (let id = 0; id < pieces.length; id++) {
      const { piece, score, type } = pieces[id]!;
      scores[id] = score;
      if (type === "normal") {
        ids[texts.length] = id;
        texts.push(piece);
        if (score < lowest) lowest = score;
        if (score > highest) highest = score;
      } else if (type === "user-defined" || type === "unused") {
        ids[texts.length] = id;
        texts.push(piece);
        if (type === "user-defined") userDefined.push(piece);
        else hasUnused = true;
      } else {
        if (notInText.has(piece)) throw problem(id, "piece", `"${piece}" is there twice`);
        notInText.set(piece, id);
        if (type !== "unknown") continue;
        if (unknown >= 0) throw problem(id, "type", `expected one unknown piece, got "${piece}" besides id ${unknown}`);
        unknown = id;
      }
    }
    if (unknown < 0) throw new ModelFileError("pieces", "expected an unknown piece, got none");
    const keys = keysOf(texts);
    this.trie = buildDoubleArray(keys, ids, {
      onRepeat: (id) => {
        throw problem(id, "piece", `"${pieces[id]!.piece}" is there twice`);
      },
    });
    this.pieces = pieces;
    this.unknown = unknown;
    this.byteIds = findBytes(pieces, notInText.values(), trainer.byteFallback ?? false);
    this.userDefined = userDefined;
    this.scores = scores;
    this.lowestScore = lowest;
    this.highestScore = highest;
    this.hasUnused = hasUnused;
    this.isCutAtSpaces = beginMarksOnly(keys);
    this.#notInText = notInText;
  }

  idOf(piece: string): number | undefined {
    const id = this.#notInText.get(piece);
    if (id !== undefined) return id;
    const key = new TextEncoder().encode(piece);
    const found = findValue(this.trie, key, 0, key.length);
    return found < 0 ? undefined : found;
  }

  /** The id of a piece of a type; -1 if there is none. */
  find(piece: string, ...types: readonly Piece["type"][]): number {
    const id = this.idOf(piece);
    return id !== undefined && types.includes(this.pieces[id]!.type) ? id : -1;
  }

  /** A trie of other pieces than those of `trie`. */
  trieOf(isIncluded: (piece: Piece) => boolean): DoubleArray {
    const ids = [...this.pieces.keys()].filter((id) => isIncluded(this.pieces[id]!));
    return buildDoubleArray(keysOf(ids.map((id) => this.pieces[id]!.piece)), ids);
  }
}

function findBytes(pieces: readonly Piece[], ids: Iterable<number>, isFallback: boolean): Int32Array | undefined {
  const byteIds = new Int32Array(256).fill(-1);
  for (const id of ids) {
    const { piece, type } = pieces[id]!;
    if (type !== "byte") continue;
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
  for (let at = keys.indexOf(0xe2, 1); at >= 0; at = keys.indexOf(0xe2, at + 1)) {
    if (keys[at + 1] === 0x96 && keys[at + 2] === 0x81 && keys[at - 1] !== 0) return false;
  }
  return true;
}

function problem(id: number, field: string, what: string): ModelFileError {
  return new ModelFileError(`pieces[${id}].${field}`, what);
}
