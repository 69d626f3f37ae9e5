import type { Piece, PieceType, SentencePieceModel } from "../model-file/sentencepiece-model.js";

// For tests: models whose pieces can be read in the test.

/** A unigram model: `<pad>`, `</s>` and `<unk>`, then pieces with their scores. Without rules for normalization. */
export function smallModel(
  scores: Record<string, number>,
  more: Partial<Record<PieceType, string[]>> = {},
): SentencePieceModel {
  const special: Piece[] = [
    { piece: "<pad>", score: 0, type: "control" },
    { piece: "</s>", score: 0, type: "control" },
    { piece: "<unk>", score: 0, type: "unknown" },
  ];
  const normal = Object.entries(scores).map(([piece, score]): Piece => ({ piece, score, type: "normal" }));
  const others = Object.entries(more).flatMap(([type, pieces]) =>
    pieces.map((piece): Piece => ({ piece, score: 0, type: type as PieceType })),
  );
  return {
    pieces: [...special, ...normal, ...others],
    trainer: { modelType: 1, unkId: 2, eosId: 1, padId: 0, bosId: -1, byteFallback: "byte" in more },
    normalizer: { name: "identity" },
  };
}

/** The pieces for all bytes. */
export const BYTES: string[] = Array.from(
  { length: 256 },
  (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`,
);
