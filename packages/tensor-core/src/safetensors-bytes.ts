/** Bytes that can be read from any place: a file, a page's upload, memory. Two reads may be under way at once. */
export type ByteSource = {
  /** For messages: the file's name. */
  readonly name: string;
  readonly sizeBytes: number;
  /** `length` bytes from `offset` on, the caller's to keep. */
  read(offset: number, length: number): Promise<Uint8Array>;
};

/** Where bytes are written, one piece after the other. */
export type ByteSink = {
  write(bytes: Uint8Array): Promise<void>;
  /** Everything is written. */
  close(): Promise<void>;
  /** Something failed: what was written is of no use. */
  discard(): Promise<void>;
};

/** Bytes that are in memory. They aren't copied, and have to stay as they are. */
export function bytesSource(name: string, bytes: Uint8Array): ByteSource {
  return {
    name,
    sizeBytes: bytes.length,
    read: async (offset, length) => bytes.subarray(offset, offset + length),
  };
}

/** A file that the user of a page has chosen, or an answer's `blob()`; only what is asked for is read. */
export function blobSource(name: string, blob: Blob): ByteSource {
  return {
    name,
    sizeBytes: blob.size,
    read: async (offset, length) => new Uint8Array(await blob.slice(offset, offset + length).arrayBuffer()),
  };
}

/** Writes `bytes` as the whole of a file. */
export async function writeBytes(sink: ByteSink, bytes: Uint8Array): Promise<void> {
  try {
    await sink.write(bytes);
    await sink.close();
  } catch (error) {
    await sink.discard();
    throw error;
  }
}

/** Collects what is written; `bytes` is it. */
export function bytesSink(): ByteSink & { bytes(): Uint8Array<ArrayBuffer> } {
  const pieces: Uint8Array[] = [];
  return {
    async write(piece) {
      pieces.push(piece.slice());
    },
    async close() {},
    async discard() {
      pieces.length = 0;
    },
    bytes() {
      const all = new Uint8Array(pieces.reduce((size, piece) => size + piece.length, 0));
      let at = 0;
      for (const piece of pieces) {
        all.set(piece, at);
        at += piece.length;
      }
      return all;
    },
  };
}
