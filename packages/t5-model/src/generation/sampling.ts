import type { Rng } from "@t5ts/random";

/** How a token is drawn from its row of scores: first the temperature, then top-k, typical and top-p, as in T5X. */
export type SamplingOptions = {
  /** Scores are divided by it: below 1 sharper, above flatter. Default 1. */
  temperature?: number;
  /** Only the k best. Default all. */
  topK?: number;
  /** Only the fewest of the best that have this much probability (Holtzman et al. 2019). Default 1: all. */
  topP?: number;
  /** Only those with a surprise nearest to the expected one, of this much probability (Meister et al. 2022). */
  typicalMass?: number;
};

/** Draws a token from a row of scores [vocabSize]. */
export function sampleToken(scores: Float32Array, rng: Rng, options: SamplingOptions = {}): number {
  const { temperature = 1, topK, topP, typicalMass } = options;
  if (!(temperature > 0))
    throw new RangeError(`sampleToken: temperature: expected a number above 0, got ${temperature}`);
  const largest = scores.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  // From the largest on, so that the best token's stays 0 where the others' overflow.
  const scaled = scores.map((score) => (score - largest) / temperature);
  if (topK !== undefined) keepTopK(scaled, topK);
  if (typicalMass !== undefined) keepTypical(scaled, typicalMass);
  if (topP !== undefined) keepTopP(scaled, topP);
  const probabilities = softmax(scaled);
  if (!probabilities.some((probability) => probability > 0)) {
    throw new RangeError("sampleToken: scores: expected numbers, not all -∞, got none to choose from");
  }
  let left = rng.uniform();
  let last = 0;
  for (const [token, probability] of probabilities.entries()) {
    if (probability === 0) continue;
    last = token;
    left -= probability;
    if (left < 0) break;
  }
  return last;
}

/** The log probability of a token in its row of scores. */
export function logProbability(scores: Float32Array, token: number): number {
  const largest = scores.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const total = scores.reduce((sum, score) => sum + Math.exp(score - largest), 0);
  return (scores[token] as number) - largest - Math.log(total);
}

/** Sets all but the `k` best scores to -∞, in place; at least `minKeep` stay. */
export function keepTopK(scores: Float32Array, k: number, minKeep = 1): void {
  if (!Number.isInteger(k) || k < 1) throw new RangeError(`keepTopK: k: expected an integer from 1 on, got ${k}`);
  const count = Math.max(k, minKeep);
  if (count >= scores.length) return;
  const threshold = Float32Array.from(scores).sort()[scores.length - count] as number;
  keepWhere(scores, (score) => score >= threshold);
}

/** Sets all but the fewest best scores with probability `p` together to -∞, in place; at least `minKeep` stay. */
export function keepTopP(scores: Float32Array, p: number, minKeep = 1): void {
  if (!(p > 0 && p <= 1)) throw new RangeError(`keepTopP: p: expected a number in (0, 1], got ${p}`);
  const probabilities = softmax(scores);
  const order = sortedBy(scores, (token) => -(scores[token] as number));
  const kept = new Set(leading(order, probabilities, p, minKeep));
  keepWhere(scores, (_, token) => kept.has(token));
}

/**
 * Sets all but the tokens whose surprise is nearest to the entropy, up to `mass`, to -∞, in place; at least `minKeep`
 * stay, and all of those that are equally near.
 */
export function keepTypical(scores: Float32Array, mass: number, minKeep = 1): void {
  if (!(mass > 0 && mass <= 1)) throw new RangeError(`keepTypical: mass: expected a number in (0, 1], got ${mass}`);
  const probabilities = softmax(scores);
  const surprise = probabilities.map((probability) => -Math.log(probability));
  const entropy = probabilities.reduce((sum, p, token) => (p > 0 ? sum + p * (surprise[token] as number) : sum), 0);
  const distance = surprise.map((x) => Math.abs(x - entropy));
  const order = sortedBy(scores, (token) => distance[token] as number);
  const farthest = distance[leading(order, probabilities, mass, minKeep).at(-1) as number] as number;
  keepWhere(scores, (_, token) => (distance[token] as number) <= farthest);
}

/** The first tokens in `order` that have `mass` together, at least `minKeep`. */
function leading(order: number[], probabilities: Float64Array, mass: number, minKeep: number): number[] {
  let total = 0;
  const count = order.findIndex((token, i) => {
    total += probabilities[token] as number;
    return i + 1 >= minKeep && total >= mass;
  });
  return count < 0 ? order : order.slice(0, count + 1);
}

function keepWhere(scores: Float32Array, isKept: (score: number, token: number) => boolean): void {
  for (const [token, score] of scores.entries()) {
    if (!isKept(score, token)) scores[token] = Number.NEGATIVE_INFINITY;
  }
}

function sortedBy(scores: Float32Array, key: (token: number) => number): number[] {
  const tokens = Array.from(scores.keys()).filter((token) => scores[token] !== Number.NEGATIVE_INFINITY);
  return tokens.sort((a, b) => key(a) - key(b) || a - b);
}

function softmax(scores: Float32Array): Float64Array {
  const largest = scores.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const powers = Float64Array.from(scores, (score) => Math.exp(score - largest));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}
