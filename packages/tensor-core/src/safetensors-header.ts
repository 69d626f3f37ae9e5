import { DTYPE_BYTES } from "./safetensors-values.js";

/** One tensor of a file. `offset` counts from the file's first byte. */
export type SafetensorsEntry = {
  /** As in the file; those of `SafetensorsDtype` can be read. */
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly offset: number;
  readonly sizeBytes: number;
};

export type SafetensorsHeader = {
  /** What `__metadata__` holds. */
  readonly metadata: Readonly<Record<string, string>>;
  /** By name, in the order of their bytes. */
  readonly entries: ReadonlyMap<string, SafetensorsEntry>;
};

/** The length of a header comes first, in 8 bytes. */
export const LENGTH_BYTES = 8;

/** The reference implementation's bound, which keeps a damaged length from asking for all the memory. */
export const MAX_HEADER_BYTES = 100_000_000;

/**
 * Reads a header, and checks that every byte after it belongs to exactly one tensor of the right size.
 *
 * @param bytes The header without its length.
 * @param dataBytes How many bytes follow the header.
 * @throws Error naming the file and the tensor.
 */
export function parseHeader(file: string, bytes: Uint8Array, dataBytes: number): SafetensorsHeader {
  const text = decodeText(file, bytes);
  const json = parseJson(file, text);
  checkNoDuplicates(file, text);
  const { __metadata__: metadata = {}, ...tensors } = json;
  const start = LENGTH_BYTES + bytes.length;
  const entries = Object.entries(tensors)
    .map(([name, entry]): [string, SafetensorsEntry] => [name, parseEntry(`${file}: "${name}"`, entry, start)])
    .sort(([, a], [, b]) => a.offset - b.offset || a.sizeBytes - b.sizeBytes);
  checkCoverage(file, entries, start, start + dataBytes);
  return { metadata: parseMetadata(file, metadata), entries: new Map(entries) };
}

/** A header with its length, padded with spaces so that the data begins at a multiple of 8. */
export function formatHeader(
  tensors: readonly { name: string; dtype: string; shape: readonly number[]; sizeBytes: number }[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  let end = 0;
  const fields: [string, unknown][] = Object.keys(metadata).length > 0 ? [["__metadata__", metadata]] : [];
  for (const { name, dtype, shape, sizeBytes } of tensors) {
    fields.push([name, { dtype, shape, data_offsets: [end, (end += sizeBytes)] }]);
  }
  // Text by text, since an object would put names that are integers first.
  const text = `{${fields.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(",")}}`;
  const json = new TextEncoder().encode(text);
  const length = Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(LENGTH_BYTES + length).fill(0x20);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(json, LENGTH_BYTES);
  return bytes;
}

function decodeText(file: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new Error(`${file}: header: expected JSON in UTF-8, got other bytes`, { cause });
  }
}

function parseJson(file: string, text: string): Record<string, unknown> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new Error(`${file}: header: expected JSON, got "${text.slice(0, 40)}"`, { cause });
  }
  if (!isRecord(json)) throw new Error(`${file}: header: expected a JSON object, got "${text.slice(0, 40)}"`);
  return json;
}

function parseEntry(what: string, entry: unknown, start: number): SafetensorsEntry {
  if (!isRecord(entry)) throw new Error(`${what}: expected an object, got ${JSON.stringify(entry)}`);
  const { dtype, shape, data_offsets: offsets } = entry;
  if (typeof dtype !== "string") throw new Error(`${what}: dtype: expected a string, got ${JSON.stringify(dtype)}`);
  if (!isCounts(shape)) throw new Error(`${what}: shape: expected a list of sizes, got ${JSON.stringify(shape)}`);
  if (!isCounts(offsets) || offsets.length !== 2 || offsets[0]! > offsets[1]!) {
    throw new Error(`${what}: data_offsets: expected [begin, end], got ${JSON.stringify(offsets)}`);
  }
  const sizeBytes = offsets[1]! - offsets[0]!;
  const numberBytes = DTYPE_BYTES[dtype];
  const expected = shape.reduce((product, size) => product * size, numberBytes ?? 0);
  if (numberBytes !== undefined && sizeBytes !== expected) {
    throw new Error(`${what}: expected ${expected} bytes for ${dtype} [${shape.join(", ")}], got ${sizeBytes}`);
  }
  return { dtype, shape, offset: start + offsets[0]!, sizeBytes };
}

/** Bytes that belong to no tensor could hide anything; bytes that belong to two are a damaged header. */
function checkCoverage(file: string, entries: [string, SafetensorsEntry][], start: number, end: number): void {
  let at = start;
  for (const [name, { offset, sizeBytes }] of entries) {
    if (offset + sizeBytes > end) {
      const missing = offset + sizeBytes - end;
      throw new Error(`${file}: "${name}": the file is truncated: expected ${missing} more bytes`);
    }
    if (offset < at) throw new Error(`${file}: "${name}": data_offsets: overlap the tensor before it`);
    if (offset > at)
      throw new Error(`${file}: "${name}": data_offsets: ${offset - at} bytes before belong to no tensor`);
    at = offset + sizeBytes;
  }
  if (at < end) throw new Error(`${file}: the last ${end - at} bytes belong to no tensor`);
}

function parseMetadata(file: string, metadata: unknown): Record<string, string> {
  if (!isRecord(metadata) || !Object.values(metadata).every((value) => typeof value === "string")) {
    throw new Error(`${file}: __metadata__: expected an object of strings, got ${JSON.stringify(metadata)}`);
  }
  return metadata as Record<string, string>;
}

/** `JSON.parse` keeps the last of two equal names without a word. `text` is valid JSON. */
function checkNoDuplicates(file: string, text: string): void {
  const open: Set<string>[] = [];
  // Strings, with the colon that makes one a name; and braces.
  for (const [token, string] of text.matchAll(/("(?:[^"\\]|\\.)*")\s*:|"(?:[^"\\]|\\.)*"|[{}]/g)) {
    if (token === "{") open.push(new Set());
    else if (token === "}") open.pop();
    else if (string !== undefined) {
      const name = JSON.parse(string) as string;
      if (open.at(-1)!.has(name)) throw new Error(`${file}: header: "${name}" comes twice`);
      open.at(-1)!.add(name);
    }
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isCounts(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}
