import type { ByteSource } from "./byte-source.js";
import { describeBytes, openDecompressed } from "./gunzip.js";

/** A line without its end; `number` counts from 1. */
export type Line = { number: number; text: string };

const NEWLINE = 0x0a;

export type LineOptions = {
  /** The longest line that is read, in bytes; what is longer isn't a text in lines. Default 2^27, 128 MiB. */
  maxLineBytes?: number;
};

/**
 * Reads the lines of a text in UTF-8, plain or gzip, one at a time, empty ones too.
 *
 * Lines end with LF or CRLF; a byte order mark at the start is dropped.
 *
 * @throws Error on reading, naming the line, if the bytes aren't UTF-8 or the line is too long; the lines before it come
 *   first.
 */
export async function* readLines(
  source: ByteSource,
  { maxLineBytes = 2 ** 27 }: LineOptions = {},
): AsyncGenerator<Line> {
  let number = 0;
  let parts: Uint8Array[] = []; // of the line at hand
  let length = 0;
  for await (const chunk of openDecompressed(source)) {
    const end = chunk.lastIndexOf(NEWLINE);
    if (end === -1) {
      if (chunk.length > 0) parts.push(chunk);
      length += chunk.length;
      if (length > maxLineBytes) {
        throw new Error(
          `${source.name}:${number + 1}: expected a line of at most ${maxLineBytes} bytes, got a longer one`,
        );
      }
      continue;
    }
    // A line feed is never a part of another character in UTF-8, so whole lines can be decoded together.
    const lines = concat([...parts, chunk.subarray(0, end)]);
    for (const text of decodeLines(lines, source.name, number)) yield { number: ++number, text };
    parts = end + 1 < chunk.length ? [chunk.slice(end + 1)] : [];
    length = chunk.length - end - 1;
  }
  if (parts.length > 0) {
    for (const text of decodeLines(concat(parts), source.name, number)) yield { number: ++number, text };
  }
}

/**
 * Passes `records` on, and throws at their end if there was none: an empty data set is a mistake, and is found here
 * rather than as a loss that is NaN.
 */
export async function* expectRecords<T>(
  source: ByteSource,
  what: string,
  records: AsyncIterable<T>,
): AsyncGenerator<T> {
  let isEmpty = true;
  for await (const record of records) {
    isEmpty = false;
    yield record;
  }
  if (isEmpty) throw new Error(`${source.name}: expected at least one ${what}, got none`);
}

function* decodeLines(bytes: Uint8Array, name: string, linesBefore: number): Generator<string> {
  const text = decodeUtf8(bytes);
  const lines = text === undefined ? decodeEach(bytes, name, linesBefore) : text.split("\n");
  let isFirst = linesBefore === 0;
  for (const line of lines) {
    const marked = isFirst && line.startsWith("\ufeff") ? line.slice(1) : line;
    isFirst = false;
    yield marked.endsWith("\r") ? marked.slice(0, -1) : marked;
  }
}

/** Line by line, since one of them isn't UTF-8: those before it are good. */
function* decodeEach(bytes: Uint8Array, name: string, linesBefore: number): Generator<string> {
  let start = 0;
  for (let number = linesBefore + 1; ; number++) {
    const end = bytes.indexOf(NEWLINE, start);
    const line = bytes.subarray(start, end === -1 ? bytes.length : end);
    const text = decodeUtf8(line);
    if (text === undefined) {
      const invalid = firstInvalid(line);
      const found = describeBytes(line.subarray(invalid, invalid + 4));
      throw new Error(`${name}:${number}: expected UTF-8, got the bytes ${found}`);
    }
    yield text;
    if (end === -1) return;
    start = end + 1;
  }
}

// ignoreBOM keeps the mark in the text: only the first line of a file may lose it, and a decoder doesn't know lines.
const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return UTF8.decode(bytes);
  } catch {
    return undefined; // not UTF-8, the only thing that this decoder throws for
  }
}

/** Where the longest prefix that is UTF-8 ends. Halves what is left, so that all of it is looked at twice. */
function firstInvalid(bytes: Uint8Array): number {
  let start = 0;
  for (let length = bytes.length - start; length > 4; length = Math.ceil(length / 2)) {
    const end = characterStart(bytes, Math.min(bytes.length, start + Math.ceil(length / 2)));
    if (end > start && decodeUtf8(bytes.subarray(start, end)) !== undefined) start = end;
  }
  for (;;) {
    let length = 1;
    while (length <= 4 && decodeUtf8(bytes.subarray(start, start + length)) === undefined) length++;
    if (length > 4 || start >= bytes.length) return start;
    start += length;
  }
}

/** The start of the character that a position is in, or the position where bytes aren't a character's. */
function characterStart(bytes: Uint8Array, position: number): number {
  let start = position;
  while (start > position - 4 && start > 0 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start--;
  return start;
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const [first] = parts;
  if (parts.length === 1 && first) return first;
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let length = 0;
  for (const part of parts) {
    whole.set(part, length);
    length += part.length;
  }
  return whole;
}
