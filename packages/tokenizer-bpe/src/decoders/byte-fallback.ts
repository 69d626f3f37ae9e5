/** Joins runs of `<0x00>` … `<0xFF>` to the characters they spell; a run that isn't UTF-8 gives U+FFFD for every byte. */
export function decodeByteFallback(pieces: readonly string[]): string[] {
  const texts: string[] = [];
  let bytes: number[] = [];
  const flush = (): void => {
    if (bytes.length === 0) return;
    try {
      texts.push(STRICT_UTF8.decode(Uint8Array.from(bytes)));
    } catch {
      texts.push("\ufffd".repeat(bytes.length));
    }
    bytes = [];
  };
  for (const piece of pieces) {
    const byte = fallbackByte(piece);
    if (byte >= 0) bytes.push(byte);
    else {
      flush();
      texts.push(piece);
    }
  }
  flush();
  return texts;
}

/** The byte that a piece like `<0x0A>` stands for, or -1. */
export function fallbackByte(piece: string): number {
  return piece.length === 6 && /^<0x[0-9A-Fa-f]{2}>$/.test(piece) ? Number.parseInt(piece.slice(3, 5), 16) : -1;
}

const STRICT_UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
