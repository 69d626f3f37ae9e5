/**
 * Refuses sets on which no metric is defined: none at all, or not one reference for each prediction.
 *
 * @param where The metric's name, for the message.
 * @throws RangeError
 */
export function checkPairs(where: string, predictions: ArrayLike<unknown>, references: ArrayLike<unknown>): void {
  if (predictions.length !== references.length) {
    throw new RangeError(
      `${where}: expected as many references as predictions, got ${references.length} references and ${predictions.length} predictions`,
    );
  }
  if (predictions.length === 0) throw new RangeError(`${where}: expected at least one prediction, got none`);
}

/** `checkPairs` where every prediction has a list of references, of which none may be empty. */
export function checkReferenceLists(
  where: string,
  predictions: readonly unknown[],
  references: readonly (readonly unknown[])[],
): void {
  checkPairs(where, predictions, references);
  const without = references.findIndex((list) => list.length === 0);
  if (without >= 0) throw new RangeError(`${where}: references[${without}]: expected at least one, got none`);
}

/** The arithmetic mean of a list that isn't empty. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
