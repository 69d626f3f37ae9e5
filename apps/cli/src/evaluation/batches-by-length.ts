/** Places of the list in batches of similar length, so that little is computed for padding. */
export function batchesByLength(items: readonly { inputIds: number[] }[], batchSize: number): number[][] {
  const order = Array.from(items.keys()).sort((a, b) => items[b]!.inputIds.length - items[a]!.inputIds.length || a - b);
  return Array.from({ length: Math.ceil(order.length / batchSize) }, (_, i) =>
    order.slice(i * batchSize, (i + 1) * batchSize),
  );
}
