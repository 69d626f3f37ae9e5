import type { ByteSource } from "./byte-source.js";
import { expectRecords, type LineOptions, readLines } from "./lines.js";

/**
 * The values of a file with one JSON value on each line. Blank lines are passed over.
 *
 * @param parse Turns a value into a record, and throws if it can't; `parseSnips` is one.
 * @throws Error on reading, naming the line, if a line isn't JSON or `parse` refuses it.
 */
export function readJsonl<T>(
  source: ByteSource,
  parse: (value: unknown) => T,
  options: LineOptions = {},
): AsyncGenerator<T> {
  async function* values(): AsyncGenerator<T> {
    for await (const { number, text } of readLines(source, options)) {
      if (/^[ \t\r]*$/.test(text)) continue; // JSON's white space
      yield parseLine(`${source.name}:${number}`, text, parse);
    }
  }
  return expectRecords(source, "JSON value", values());
}

function parseLine<T>(place: string, text: string, parse: (value: unknown) => T): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    const excerpt = text.length > 60 ? `${text.slice(0, 60)}…` : text;
    throw new Error(`${place}: expected a JSON value on the line, got ${JSON.stringify(excerpt)}`);
  }
  try {
    return parse(value);
  } catch (cause) {
    throw new Error(`${place}: ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
}
