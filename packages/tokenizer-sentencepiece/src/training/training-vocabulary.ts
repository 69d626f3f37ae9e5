import type { Piece, PieceType } from "../model-file/sentencepiece-model.js";
import { byteName } from "../segmentation/vocabulary.js";
import type { ScoredTexts } from "./seed-pieces.js";
import type { Sentences } from "./training-sentences.js";

export type SpecialRole = "pad" | "end" | "unknown" | "start";

/** The pieces that a vocabulary has besides those that are learnt. */
export type SpecialPieceOptions = {
  /** Ids of special pieces; -1 for none. By default T5's: pad 0, end 1, unknown 2, no start. */
  readonly ids?: { readonly [Role in SpecialRole]?: number } | undefined;
  /** Names of special pieces: `<pad>`, `</s>`, `<unk>` and `<s>` by default. */
  readonly names?: { readonly [Role in SpecialRole]?: string } | undefined;
  /** Further pieces that aren't found in text, and such that are always found whole. They get the first free ids. */
  readonly controlPieces?: readonly string[] | undefined;
  readonly userDefinedPieces?: readonly string[] | undefined;
  /** Whether there are pieces for the 256 bytes, to spell unknown characters; no by default. */
  readonly byteFallback?: boolean | undefined;
};

/** T5's. */
const USUAL_IDS = { pad: 0, end: 1, unknown: 2, start: -1 };

const USUAL_NAMES = { pad: "<pad>", end: "</s>", unknown: "<unk>", start: "<s>" };

export function idOf({ ids }: SpecialPieceOptions, role: SpecialRole): number {
  return ids?.[role] ?? USUAL_IDS[role];
}

export function nameOf({ names }: SpecialPieceOptions, role: SpecialRole): string {
  return names?.[role] ?? USUAL_NAMES[role];
}

/** Special pieces by their ids. */
export function placeSpecialPieces(options: SpecialPieceOptions): Map<number, Piece> {
  const placed = new Map<number, Piece>();
  const names = new Set<string>();
  const place = (id: number, piece: string, type: PieceType): void => {
    if (piece === "" || names.has(piece)) {
      throw new Error(`trainUnigram: special pieces: expected different texts that aren't empty, got "${piece}"`);
    }
    if (placed.has(id))
      throw new RangeError(`trainUnigram: ids: ${id} is given to "${placed.get(id)!.piece}" and "${piece}"`);
    names.add(piece);
    placed.set(id, { piece, score: 0, type });
  };
  if (idOf(options, "unknown") < 0) {
    throw new RangeError(`trainUnigram: ids.unknown: expected an id, got ${idOf(options, "unknown")}`);
  }
  for (const role of ["unknown", "start", "end", "pad"] as const) {
    const id = idOf(options, role);
    if (id >= 0) place(id, nameOf(options, role), role === "unknown" ? "unknown" : "control");
  }
  let next = 0;
  const append = (piece: string, type: PieceType): void => {
    while (placed.has(next)) next++;
    place(next, piece, type);
  };
  for (const piece of options.controlPieces ?? []) append(piece, "control");
  for (const piece of options.userDefinedPieces ?? []) append(piece, "user-defined");
  if (options.byteFallback === true) for (let byte = 0; byte < 256; byte++) append(byteName(byte), "byte");
  return placed;
}

/** The characters of the alphabet, and the pieces with the highest scores. */
export function choosePieces({ texts, scores }: ScoredTexts, { alphabet }: Sentences, count: number): Piece[] {
  const known = new Map(texts.map((text, i) => [text, scores[i]!]));
  const lowest = scores.reduce((low, score) => Math.min(low, score), Number.POSITIVE_INFINITY);
  const chosen = new Map<string, number>();
  // Characters that were lost get different scores below all others, the frequent ones the higher.
  let penalty = 0;
  for (const [code] of alphabet) {
    const text = String.fromCodePoint(code);
    const score = known.get(text);
    chosen.set(text, score ?? lowest - penalty);
    if (score === undefined) penalty += PENALTY_STEP;
  }
  const byScore = [...known].sort(([a, scoreA], [b, scoreB]) => scoreB - scoreA || (a < b ? -1 : 1));
  for (const [text, score] of byScore) {
    if (chosen.size >= count) break;
    chosen.set(text, score);
  }
  return [...chosen]
    .sort(([a, scoreA], [b, scoreB]) => scoreB - scoreA || (a < b ? -1 : 1))
    .map(([piece, score]) => ({ piece, score: Math.fround(score), type: "normal" }));
}

const PENALTY_STEP = 0.0001;

/** Special pieces at their ids, the others around them in their order. */
export function assemble(special: ReadonlyMap<number, Piece>, chosen: readonly Piece[]): Piece[] {
  const pieces: Piece[] = [];
  let next = 0;
  while (next < chosen.length || special.has(pieces.length)) pieces.push(special.get(pieces.length) ?? chosen[next++]!);
  return pieces;
}
