import { type ByteSource, readStream } from "./byte-source.js";

/**
 * The bytes of `source`, decompressed if they begin as gzip does.
 *
 * What the bytes are decides, not the name; but a name that ends in `.gz` promises gzip, and is held to it.
 *
 * @throws Error on reading, if the name promises gzip and the bytes aren't, or if gzip is cut short or damaged.
 */
export async function* openDecompressed(source: ByteSource): AsyncGenerator<Uint8Array> {
  const { head, chunks } = await peek(source.open(), 2);
  if (head[0] === 0x1f && head[1] === 0x8b) yield* gunzip(chunks, source.name);
  else if (source.name.endsWith(".gz")) {
    throw new Error(`${source.name}: expected gzip, which begins with the bytes 1f 8b, got ${describeBytes(head)}`);
  } else yield* chunks;
}

/** Bytes as a message shows them: in hexadecimal. */
export function describeBytes(bytes: Uint8Array): string {
  return bytes.length === 0 ? "nothing" : Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
}

/** The first `count` bytes, or all there are, and everything including them. */
async function peek(
  bytes: AsyncIterable<Uint8Array>,
  count: number,
): Promise<{ head: Uint8Array; chunks: AsyncGenerator<Uint8Array> }> {
  const iterator = bytes[Symbol.asyncIterator]();
  const read: number[] = [];
  const first: Uint8Array[] = [];
  while (read.length < count) {
    const next = await iterator.next();
    if (next.done) break;
    first.push(next.value);
    read.push(...next.value.subarray(0, count - read.length));
  }
  async function* all(): AsyncGenerator<Uint8Array> {
    try {
      yield* first;
      yield* { [Symbol.asyncIterator]: () => iterator };
    } finally {
      await iterator.return?.();
    }
  }
  return { head: Uint8Array.from(read), chunks: all() };
}

async function* gunzip(chunks: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  const { readable, writable } = new DecompressionStream("gzip");
  // What goes wrong while feeding is kept: the reading end only learns that the stream failed.
  let sourceError: unknown;
  const feeding = feed(chunks, writable).catch((error: unknown) => {
    sourceError = error;
  });
  try {
    yield* readStream(readable);
  } catch (cause) {
    await feeding;
    if (sourceError instanceof SourceError) throw sourceError.cause;
    throw new Error(`${name}: the gzip data are cut short or damaged; fetch the file again`, { cause });
  }
  await feeding;
}

/** Marks an error of the source, as against one of the decompression. */
class SourceError extends Error {}

async function feed(chunks: AsyncIterable<Uint8Array>, writable: WritableStream<BufferSource>): Promise<void> {
  const writer = writable.getWriter();
  const iterator = chunks[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await iterator.next().catch((cause: unknown) => {
        throw new SourceError("", { cause });
      });
      if (next.done) break;
      await writer.write(next.value as Uint8Array<ArrayBuffer>);
    }
    await writer.close();
  } catch (error) {
    await writer.abort(error).catch(() => {});
    throw error;
  } finally {
    await iterator.return?.(undefined);
  }
}
