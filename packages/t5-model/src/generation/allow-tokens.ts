import type { LogitsProcessor } from "./logits-processors.js";

/**
 * Allows only the tokens that `allowed` names for what was written so far: for answers out of a list, or of a grammar.
 *
 * @param allowed Given the decoder's tokens, its start token first, and the input they are for.
 * @throws RangeError while generating, if a token is outside the vocabulary.
 *
 * De Cao et al. 2021; `prefix_allowed_tokens_fn` in transformers.
 */
export function allowTokens(allowed: (tokens: readonly number[], input: number) => Iterable<number>): LogitsProcessor {
  return (scores, tokens, input) => {
    const kept = new Map<number, number>();
    for (const token of allowed(tokens, input)) {
      const score = scores[token];
      if (score === undefined) {
        throw new RangeError(`allowTokens: expected ids below ${scores.length} for input ${input}, got ${token}`);
      }
      kept.set(token, score);
    }
    scores.fill(Number.NEGATIVE_INFINITY);
    for (const [token, score] of kept) scores[token] = score;
  };
}
