import { expect } from "vitest";
import { expectClose, runVectors } from "./run-vectors.js";
import { sentencePiece } from "./sentencepiece-fixtures.js";

runVectors("sentencepiece_reference.json", {
  spm_encode({ model, text, ids, decoded, pieces }) {
    const tokenizer = sentencePiece(model);
    expect(tokenizer.encode(text)).toEqual(ids);
    const encoding = tokenizer.encodeDetailed(text);
    expect(encoding.ids).toEqual(ids);
    if (pieces !== undefined) expect(encoding.pieces).toEqual(pieces);
    if (decoded !== undefined) expect(tokenizer.decode(ids)).toBe(decoded);
  },
  spm_nbest({ model, text, nbest, score_sums, tolerance }) {
    const found = sentencePiece(model).encodeNBest(text, nbest.length);
    expect(found.map(({ ids }) => ids)).toEqual(nbest);
    // The sums are written with four decimals.
    if (score_sums !== undefined)
      expectClose(
        found.map(({ score }) => score),
        score_sums,
        tolerance ?? 1e-3,
      );
  },
});
