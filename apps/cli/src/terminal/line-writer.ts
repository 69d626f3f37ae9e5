/** Writes many lines to stdout, in larger pieces than one by one. */
export type LineWriter = {
  /** Waits while the reader is slower than we are. */
  write(line: string): void | Promise<void>;
  end(): Promise<void>;
};

const PIECE_LENGTH = 1 << 16;

export function createLineWriter(stream: NodeJS.WriteStream = process.stdout): LineWriter {
  let piece = "";
  let flushing: NodeJS.Immediate | undefined;
  const flush = (): void | Promise<void> => {
    clearImmediate(flushing);
    flushing = undefined;
    const text = piece;
    piece = "";
    if (text === "" || stream.destroyed || stream.write(text)) return;
    return new Promise((resolve) => {
      const goOn = (): void => {
        stream.off("drain", goOn);
        stream.off("close", goOn);
        resolve();
      };
      // A reader that left never drains the stream.
      stream.on("drain", goOn);
      stream.on("close", goOn);
    });
  };
  return {
    write(line) {
      piece += `${line}\n`;
      if (piece.length >= PIECE_LENGTH) return flush();
      // What is typed line by line is answered line by line: this runs when the program waits for input.
      flushing ??= setImmediate(() => void flush());
    },
    async end() {
      await flush();
    },
  };
}
