import type { Rng } from "@t5ts/random";
import { IGNORED_LABEL } from "../seq2seq-example.js";
import { drawId, type RandomIds } from "./noise-tokens.js";
import { roundHalfToEven } from "./round-half-to-even.js";

export type MaskedLmOptions = {
  /** Fraction of the tokens to predict: 0.15 in BERT. */
  maskProbability: number;
  /** Of these, which fraction is replaced by a random token (0.1 in BERT) and which is left as it is (0.1). */
  randomFraction: number;
  keptFraction: number;
  maskId: number;
  randomIds: RandomIds;
  /** Marks, which are never masked. */
  specialIds?: readonly number[];
};

/** What BERT does to the tokens it has to predict: 80% masked, 10% random, 10% as they are. */
export const BERT_MASKING: Pick<MaskedLmOptions, "maskProbability" | "randomFraction" | "keptFraction"> = {
  maskProbability: 0.15,
  randomFraction: 0.1,
  keptFraction: 0.1,
};

/** Ids with a label for each. */
export type TokenLabels = { inputIds: number[]; labels: number[] };

/**
 * Hides random tokens of `ids`; `labels` has them at their places and `IGNORED_LABEL` elsewhere.
 *
 * A fixed number is chosen, at least one, so that no example is without a label; undefined if `ids` has nothing but
 * marks.
 *
 * Devlin et al. 2019, section 3.1.
 */
export function maskedLm(ids: readonly number[], options: MaskedLmOptions, rng: Rng): TokenLabels | undefined {
  const { maskProbability, randomFraction, keptFraction, maskId, randomIds, specialIds = [] } = options;
  if (!(randomFraction >= 0 && keptFraction >= 0 && randomFraction + keptFraction <= 1)) {
    throw new RangeError(
      `maskedLm: randomFraction, keptFraction: expected fractions with a sum up to 1, got ${randomFraction}, ${keptFraction}`,
    );
  }
  const inputIds = [...ids];
  const labels = new Array<number>(ids.length).fill(IGNORED_LABEL);
  const places = choosePlaces(ids, maskProbability, specialIds, rng);
  if (places.length === 0) return undefined;
  for (const place of places) {
    labels[place] = ids[place]!;
    const fate = rng.uniform();
    if (fate < randomFraction) inputIds[place] = drawId(randomIds, rng);
    else if (fate >= randomFraction + keptFraction) inputIds[place] = maskId;
  }
  return { inputIds, labels };
}

function choosePlaces(ids: readonly number[], fraction: number, specialIds: readonly number[], rng: Rng): number[] {
  const places = [...ids.keys()].filter((i) => !specialIds.includes(ids[i]!));
  const count = Math.min(places.length, Math.max(1, roundHalfToEven(places.length * fraction)));
  return rng.shuffle(places).slice(0, count);
}
