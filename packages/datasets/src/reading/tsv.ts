import type { ByteSource } from "./byte-source.js";
import { expectRecords, type Line, readLines } from "./lines.js";

/**
 * The rows of a file of fields divided by tabs whose first line names the columns. Fields are raw: quotes mean
 * themselves.
 *
 * @param columns The columns that are wanted; a row has these.
 * @throws Error on reading, if the file lacks a column, or, naming the line, if a row has more or fewer fields.
 */
export function readTsv<C extends string>(
  source: ByteSource,
  columns: readonly C[],
): AsyncGenerator<Record<C, string>> {
  async function* rows(): AsyncGenerator<Record<C, string>> {
    let header: string[] | undefined;
    for await (const line of readLines(source)) {
      if (line.text === "") continue;
      if (header) {
        yield pick(columns, header, fieldsOf(source, line, header));
        continue;
      }
      header = line.text.split("\t");
      const missing = columns.filter((column) => !header?.includes(column));
      if (missing.length > 0) {
        throw new Error(
          `${source.name}:${line.number}: expected the column "${missing.join('", "')}" in the header, ` +
            `got "${header.join('", "')}"`,
        );
      }
    }
  }
  return expectRecords(source, "row after the header", rows());
}

/** The rows of such a file without a header; `columns` names all its fields, in order. */
export function readTsvWithoutHeader<C extends string>(
  source: ByteSource,
  columns: readonly C[],
): AsyncGenerator<Record<C, string>> {
  async function* rows(): AsyncGenerator<Record<C, string>> {
    for await (const line of readLines(source)) {
      if (line.text !== "") yield pick(columns, columns, fieldsOf(source, line, columns));
    }
  }
  return expectRecords(source, "row", rows());
}

function fieldsOf(source: ByteSource, line: Line, header: readonly string[]): string[] {
  const fields = line.text.split("\t");
  if (fields.length !== header.length) {
    throw new Error(
      `${source.name}:${line.number}: expected ${header.length} fields (${header.join(", ")}), got ${fields.length}`,
    );
  }
  return fields;
}

function pick<C extends string>(
  columns: readonly C[],
  header: readonly string[],
  fields: readonly string[],
): Record<C, string> {
  const entries = columns.map((column) => [column, fields[header.indexOf(column)]]);
  return Object.fromEntries(entries) as Record<C, string>;
}
