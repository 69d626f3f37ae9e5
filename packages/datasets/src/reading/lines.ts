import type { ByteSource } from "./byte-source.js";
import { describeBytes, openDecompressed } from "./gunzip.js";

/** A line without its end; `number` counts from 1. */
export type Line = { number: number; text: string };

const NEWLINE = 0x0a;

/**
 * The lines of a text in UTF-8, plain or gzip, one at a time, empty ones too.
 *
 * Lines end with LF or CRLF; a byte order mark at the start is dropped.
 *
 * @throws Error on reading, naming the line, if the bytes aren't UTF-8.
 */
export async function* readLines(source: ByteSource): AsyncGenerator<Line> {
  let number = 0;
  let parts: Uint8Array[] = []; // of the line at hand
  for await (const chunk of openDecompressed(source)) {
    const end = chunk.lastIndexOf(NEWLINE);
    if (end === -1) {
      if (chunk.length > 0) parts.push(chunk);
      continue;
    }
    // A line feed is never a part of another character in UTF-8, so whole lines can be decoded together.
    const lines = concat([...parts, chunk.subarray(0, end)]);
    for (const text of decodeLines(lines, source.name, number)) yield { number: ++number, text };
    parts = end + 1 < chunk.length ? [chunk.slice(end + 1)] : [];
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

function decodeLines(bytes: Uint8Array, name: string, linesBefore: number): string[] {
  let text: string;
  try {
    text = UTF8.decode(bytes);
  } catch {
    throw new Error(describeInvalid(bytes, name, linesBefore));
  }
  if (linesBefore === 0 && text.startsWith("\ufeff")) text = text.slice(1);
  return text.split("\n").map((line) => (line.endsWith("\r") ? line.slice(0, -1) : line));
}

// ignoreBOM keeps the mark in the text: only the first line of a file may lose it, and a decoder doesn't know lines.
const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function describeInvalid(bytes: Uint8Array, name: string, linesBefore: number): string {
  let start = 0;
  for (let number = linesBefore + 1; ; number++) {
    const end = bytes.indexOf(NEWLINE, start);
    const line = bytes.subarray(start, end === -1 ? bytes.length : end);
    const invalid = firstInvalid(line);
    if (invalid !== -1) {
      return `${name}:${number}: expected UTF-8, got the bytes ${describeBytes(line.subarray(invalid, invalid + 4))}`;
    }
    start = end + 1;
  }
}

/** Where the longest prefix that is UTF-8 ends, or -1 if that is everything. */
function firstInvalid(bytes: Uint8Array): number {
  if (isUtf8(bytes)) return -1;
  for (let end = 0; ; ) {
    let length = 1;
    while (length <= 4 && !isUtf8(bytes.subarray(end, end + length))) length++;
    if (length > 4) return end;
    end += length;
  }
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    UTF8.decode(bytes);
    return true;
  } catch {
    return false;
  }
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
