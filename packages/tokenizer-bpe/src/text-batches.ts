/** So many UTF-16 units of text go together: a batch is counted in a few milliseconds. */
const BATCH_LENGTH = 1 << 18;

/**
 * Texts in batches.
 *
 * A plain list isn't awaited text by text: that would take longer than counting.
 *
 * @throws TypeError for an item that isn't a string.
 */
export async function* textBatches(texts: Iterable<string> | AsyncIterable<string>): AsyncGenerator<string[]> {
  let batch: string[] = [];
  let length = 0;
  let before = 0;
  const add = (text: string): boolean => {
    if (typeof text !== "string")
      throw new TypeError(`trainBpe: texts: expected strings, got ${typeof text} after ${before + batch.length}`);
    batch.push(text);
    length += text.length + 1; // empty ones count too
    return length >= BATCH_LENGTH;
  };
  const take = (): string[] => {
    const full = batch;
    before += full.length;
    batch = [];
    length = 0;
    return full;
  };
  if (Symbol.asyncIterator in texts) {
    for await (const text of texts) if (add(text)) yield take();
  } else {
    for (const text of texts) if (add(text)) yield take();
  }
  yield take();
}
