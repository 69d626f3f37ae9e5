/** Bytes with a name for messages. Each call of `open` reads them from the start. */
export type ByteSource = { readonly name: string; open(): AsyncIterable<Uint8Array> };

/** Bytes that are in memory: a page's upload after `arrayBuffer()`, a test's text. */
export function bytesSource(name: string, bytes: Uint8Array | string): ByteSource {
  const data = typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes;
  return {
    name,
    async *open() {
      yield data;
    },
  };
}

/** A file that the user of a page has chosen, read in pieces. */
export function blobSource(name: string, blob: Blob): ByteSource {
  return { name, open: () => readStream(blob.stream()) };
}

/**
 * What an address answers, read in pieces.
 *
 * @throws Error on reading, if the answer isn't a success.
 */
export function urlSource(url: string): ByteSource {
  return {
    name: url,
    async *open() {
      const response = await fetch(url);
      if (!response.ok || !response.body) throw new Error(`${url}: expected a file, got status ${response.status}`);
      yield* readStream(response.body);
    },
  };
}

/** The chunks of a web stream. Not every browser's streams are async iterables. */
export async function* readStream(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  let isDone = false;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      isDone = done;
      if (done) return;
      yield value;
    }
  } finally {
    if (!isDone) await reader.cancel().catch(() => {}); // a stream that failed can't be cancelled, and needn't be
  }
}
