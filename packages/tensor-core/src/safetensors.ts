import * as tf from "@tensorflow/tfjs-core";
import { type ByteSink, type ByteSource, bytesSink } from "./safetensors-bytes.js";
import {
  formatHeader,
  LENGTH_BYTES,
  MAX_HEADER_BYTES,
  parseHeader,
  type SafetensorsEntry,
  type SafetensorsHeader,
} from "./safetensors-header.js";
import {
  DTYPE_BYTES,
  decodeValues,
  encodeValues,
  type SafetensorsDtype,
  type SafetensorsValues,
} from "./safetensors-values.js";
import { namedLeaves, type TensorTree } from "./tree.js";

/** An open file: what is in it, and a way to read one tensor at a time. */
export type Safetensors = SafetensorsHeader & {
  /** For messages: the file's name. */
  readonly name: string;
  /**
   * Reads the numbers of one tensor, or of a part of it. Nothing is kept: reading it again reads the file again.
   *
   * @param part Elements in the order of the file; the whole tensor by default.
   * @throws Error naming the file and the tensor; RangeError for a part that the tensor hasn't.
   */
  read(tensor: string, part?: { from: number; count: number }): Promise<SafetensorsValues>;
};

/**
 * Reads the header of a file, and nothing else yet.
 *
 * @throws Error naming the file, and the tensor where there is one, if the file is truncated or damaged.
 */
export async function openSafetensors(source: ByteSource): Promise<Safetensors> {
  const { name, sizeBytes } = source;
  if (sizeBytes < LENGTH_BYTES)
    throw new Error(`${name}: the file is truncated: expected a header, got ${sizeBytes} bytes`);
  const lengthBytes = await readExactly(source, name, 0, LENGTH_BYTES);
  const length = Number(new DataView(lengthBytes.buffer, lengthBytes.byteOffset).getBigUint64(0, true));
  const most = Math.min(MAX_HEADER_BYTES, sizeBytes - LENGTH_BYTES);
  if (length > most) {
    throw new Error(`${name}: header: expected at most ${most} bytes, got a length of ${length}; is it safetensors?`);
  }
  const headerBytes = await readExactly(source, name, LENGTH_BYTES, length);
  const header = parseHeader(name, headerBytes, sizeBytes - LENGTH_BYTES - length);
  return {
    ...header,
    name,
    async read(tensor, part) {
      const entry = header.entries.get(tensor);
      if (entry === undefined) throw new Error(`${name}: lacks "${tensor}"`);
      const what = `${name}: "${tensor}"`;
      const { from, length } =
        part === undefined ? { from: 0, length: entry.sizeBytes } : bytesOfPart(what, entry, part);
      return decodeValues(what, entry.dtype, await readExactly(source, what, entry.offset + from, length));
    },
  };
}

function bytesOfPart(
  what: string,
  { shape, sizeBytes }: SafetensorsEntry,
  { from, count }: { from: number; count: number },
): { from: number; length: number } {
  const size = tf.util.sizeFromShape([...shape]);
  if (!(Number.isSafeInteger(from) && Number.isSafeInteger(count) && from >= 0 && count >= 0 && from + count <= size)) {
    throw new RangeError(`${what}: part: expected elements from 0 to ${size}, got ${count} from ${from}`);
  }
  const width = size === 0 ? 0 : sizeBytes / size;
  return { from: from * width, length: count * width };
}

/**
 * Whether two tensors of a file have the same shape and numbers, whatever their formats. Reads blocks of both, up to the
 * first that differs.
 */
export async function hasEqualTensors(file: Safetensors, a: string, b: string): Promise<boolean> {
  const [shape, other] = [a, b].map((name) => file.entries.get(name)?.shape ?? []) as [
    readonly number[],
    readonly number[],
  ];
  if (shape.length !== other.length || shape.some((size, axis) => size !== other[axis])) return false;
  const size = tf.util.sizeFromShape([...shape]);
  for (let from = 0; from < size; from += COMPARED_AT_ONCE) {
    const part = { from, count: Math.min(COMPARED_AT_ONCE, size - from) };
    const [ours, theirs] = await Promise.all([file.read(a, part), file.read(b, part)]);
    // Not a number is the same as itself here: it's the content that is compared.
    if (!ours.every((value, i) => Object.is(value, theirs[i]) || value === theirs[i])) return false;
  }
  return true;
}

/** Elements; 1 MiB of float32. */
const COMPARED_AT_ONCE = 262_144;

/**
 * One tensor of a file as tfjs holds it: floats as float32, integers as int32.
 *
 * @throws RangeError for an I64 beyond 32 bits.
 */
export async function readTensor(file: Safetensors, name: string): Promise<tf.Tensor> {
  const values = await file.read(name);
  const shape = [...file.entries.get(name)!.shape];
  if (values instanceof Float32Array) return tf.tensor(values, shape, "float32");
  const wide = values.findIndex((value) => value !== (value | 0));
  if (wide >= 0) {
    throw new RangeError(
      `${file.name}: "${name}": element ${wide}: expected an integer of 32 bits, got ${values[wide]}`,
    );
  }
  return tf.tensor(Int32Array.from(values), shape, "int32");
}

/** A tensor to write. */
export type SafetensorsItem = {
  readonly name: string;
  readonly dtype: SafetensorsDtype;
  readonly shape: readonly number[];
  /** Its numbers; as a function, they are asked for only when their turn comes. */
  readonly values: ArrayLike<number> | (() => ArrayLike<number> | Promise<ArrayLike<number>>);
  /** Whether numbers beyond the largest of a float format become that. Default false: they're an error. */
  readonly clamps?: boolean;
};

/** The tensors of a tree by their dotted paths, in float32 (or in `dtype`) and int32, for writing. */
export function treeItems(tree: TensorTree, dtype: "F32" | "F16" | "BF16" = "F32"): SafetensorsItem[] {
  return namedLeaves(tree).map(([name, leaf]) => ({
    name,
    dtype: leaf.dtype === "int32" ? "I32" : leaf.dtype === "bool" ? "U8" : dtype,
    shape: leaf.shape,
    values: () => leaf.data(),
  }));
}

/**
 * Writes a file, one tensor at a time, and closes the sink. Widest numbers first, so that each is aligned.
 *
 * @throws Error for two tensors of one name, or one whose numbers don't fill its shape or its format can't hold; what was
 *   written is discarded.
 */
export async function writeSafetensors(
  sink: ByteSink,
  items: readonly SafetensorsItem[],
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  try {
    checkNames(items);
    const sorted = [...items].sort((a, b) => DTYPE_BYTES[b.dtype]! - DTYPE_BYTES[a.dtype]!);
    await sink.write(
      formatHeader(
        sorted.map((item) => ({ ...item, sizeBytes: itemBytes(item) })),
        metadata,
      ),
    );
    for (const item of sorted) await sink.write(await encodeItem(item));
    await sink.close();
  } catch (error) {
    await sink.discard();
    throw error;
  }
}

/** A file as bytes in memory. */
export async function encodeSafetensors(
  items: readonly SafetensorsItem[],
  metadata: Readonly<Record<string, string>> = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const sink = bytesSink();
  await writeSafetensors(sink, items, metadata);
  return sink.bytes();
}

/** How many bytes of a file the tensor takes. */
export function itemBytes({ dtype, shape }: SafetensorsItem): number {
  return tf.util.sizeFromShape([...shape]) * DTYPE_BYTES[dtype]!;
}

/** @throws Error naming a name that comes twice, or can't be a tensor's. */
export function checkNames(items: readonly SafetensorsItem[]): void {
  const names = new Set<string>();
  for (const { name } of items) {
    if (name === "__metadata__") throw new Error(`writeSafetensors: "${name}" can't be the name of a tensor`);
    if (names.has(name)) throw new Error(`writeSafetensors: "${name}" comes twice`);
    names.add(name);
  }
}

async function encodeItem({ name, dtype, shape, values, clamps }: SafetensorsItem): Promise<Uint8Array> {
  const what = `writeSafetensors: "${name}"`;
  const numbers = typeof values === "function" ? await values() : values;
  const expected = tf.util.sizeFromShape([...shape]);
  if (numbers.length !== expected) {
    throw new Error(`${what}: expected ${expected} numbers for [${shape.join(", ")}], got ${numbers.length}`);
  }
  return encodeValues(what, dtype, numbers, clamps);
}

async function readExactly(source: ByteSource, what: string, offset: number, length: number): Promise<Uint8Array> {
  const bytes = await source.read(offset, length);
  if (bytes.length === length) return bytes;
  throw new Error(`${what}: the file is truncated: expected ${length} bytes at ${offset}, got ${bytes.length}`);
}
