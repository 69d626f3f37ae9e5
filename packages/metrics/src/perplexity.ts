/**
 * exp of the mean negative log likelihood for each token: over how many equally likely tokens the model is undecided.
 *
 * Means over batches of different sizes can't be averaged: sum the losses and the tokens of the whole set first.
 *
 * @param sumOfNegativeLogLikelihoods In nats, over all tokens.
 * @throws RangeError for no tokens or a sum that is negative or no number.
 */
export function perplexity(sumOfNegativeLogLikelihoods: number, tokens: number): number {
  if (!Number.isInteger(tokens) || tokens < 1) {
    throw new RangeError(`perplexity: tokens: expected an integer from 1, got ${tokens}`);
  }
  if (!(sumOfNegativeLogLikelihoods >= 0)) {
    throw new RangeError(
      `perplexity: sum of negative log likelihoods: expected 0 or more, got ${sumOfNegativeLogLikelihoods}`,
    );
  }
  return Math.exp(sumOfNegativeLogLikelihoods / tokens);
}
