import { bfloat16ToFloat32, float16ToFloat32, float32ToBfloat16, float32ToFloat16 } from "./half-precision.js";

/** The number formats that we read and write, as safetensors names them. */
export type SafetensorsDtype = "F32" | "F16" | "BF16" | "I8" | "U8" | "I32" | "I64";

/** Numbers as JavaScript holds them: F32, F16 and BF16 as float32, I64 as float64. */
export type SafetensorsValues =
  | Float32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>
  | Int8Array<ArrayBuffer>
  | Uint8Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>;

/** The bytes of one number, also of formats that we only step over. */
export const DTYPE_BYTES: Readonly<Record<string, number>> = {
  BOOL: 1,
  U8: 1,
  I8: 1,
  F8_E5M2: 1,
  F8_E4M3: 1,
  F8_E8M0: 1,
  I16: 2,
  U16: 2,
  F16: 2,
  BF16: 2,
  I32: 4,
  U32: 4,
  F32: 4,
  F64: 8,
  I64: 8,
  U64: 8,
  C64: 8,
};

/**
 * The numbers that `bytes` hold.
 *
 * @param what The tensor, for messages.
 * @throws RangeError for an I64 that a JavaScript number can't hold exactly; Error for a format that we don't read.
 */
export function decodeValues(what: string, dtype: string, bytes: Uint8Array): SafetensorsValues {
  const buffer = alignedBuffer(bytes);
  switch (dtype) {
    case "F32":
      return new Float32Array(buffer);
    case "F16":
      return float16ToFloat32(new Uint16Array(buffer));
    case "BF16":
      return bfloat16ToFloat32(new Uint16Array(buffer));
    case "I8":
      return new Int8Array(buffer);
    case "U8":
      return new Uint8Array(buffer);
    case "I32":
      return new Int32Array(buffer);
    case "I64":
      return Float64Array.from(new BigInt64Array(buffer), (value, i) => safeNumber(what, value, i));
    default:
      throw new Error(`${what}: dtype: expected F32, F16, BF16, I8, U8, I32 or I64, got ${dtype}`);
  }
}

/**
 * Gives the bytes of `values` in the format `dtype`. They may share memory with `values`.
 *
 * What is smaller than the format's smallest number becomes 0, which is rounding; infinities and NaN stay what they are.
 *
 * @param clamps Whether a number beyond a float format's largest becomes that; else it's an error.
 * @throws RangeError for a number that the format can't hold; nothing is wrapped around or becomes an infinity.
 */
export function encodeValues(
  what: string,
  dtype: SafetensorsDtype,
  values: ArrayLike<number>,
  clamps = false,
): Uint8Array {
  switch (dtype) {
    case "F32":
      return bytesOf(values instanceof Float32Array ? values : Float32Array.from(inRange(what, dtype, values, clamps)));
    case "F16":
      return bytesOf(float32ToFloat16(toFloat32(inRange(what, dtype, values, clamps))));
    case "BF16":
      return bytesOf(float32ToBfloat16(toFloat32(inRange(what, dtype, values, clamps))));
    case "I8":
      return bytesOf(values instanceof Int8Array ? values : Int8Array.from(integers(what, values, -128, 127)));
    case "U8":
      return bytesOf(values instanceof Uint8Array ? values : Uint8Array.from(integers(what, values, 0, 255)));
    case "I32":
      return bytesOf(
        values instanceof Int32Array ? values : Int32Array.from(integers(what, values, -(2 ** 31), 2 ** 31 - 1)),
      );
    case "I64":
      return bytesOf(
        BigInt64Array.from(integers(what, values, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER), BigInt),
      );
  }
}

// Typed arrays are in the byte order of the machine, safetensors is little-endian: so is every platform with a
// JavaScript engine that runs WebAssembly.

/** The bytes as a buffer of their own, or a copy if they are a part of a larger one: a typed array has to be aligned. */
function alignedBuffer(bytes: Uint8Array): ArrayBuffer {
  const isWhole = bytes.byteOffset === 0 && bytes.byteLength === bytes.buffer.byteLength;
  return isWhole && bytes.buffer instanceof ArrayBuffer ? bytes.buffer : new Uint8Array(bytes).buffer;
}

function bytesOf(values: ArrayBufferView): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/** The largest numbers of each format, and the least that would be rounded up to an infinity. */
const FLOAT_BOUNDS = {
  F32: { largest: (2 - 2 ** -23) * 2 ** 127, infinite: (2 - 2 ** -24) * 2 ** 127 },
  F16: { largest: 65_504, infinite: 65_520 },
  BF16: { largest: (2 - 2 ** -7) * 2 ** 127, infinite: (2 - 2 ** -8) * 2 ** 127 },
} as const;

/** The values, if a float format can hold them, or as near to them as it can. */
function inRange(
  what: string,
  dtype: keyof typeof FLOAT_BOUNDS,
  values: ArrayLike<number>,
  clamps: boolean,
): ArrayLike<number> {
  const { largest, infinite } = FLOAT_BOUNDS[dtype];
  // The narrow formats are rounded from float32.
  const rounded = (value: number): number => (dtype === "F32" ? value : Math.fround(value));
  const isBeyond = (value: number): boolean => Math.abs(rounded(value)) >= infinite && Number.isFinite(value);
  let kept: Float64Array | undefined;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (!isBeyond(value)) continue;
    if (!clamps) {
      throw new RangeError(
        `${what}: element ${i}: expected a number up to ${largest} in size, the largest of ${dtype}, got ${value}; ` +
          "clamp it, or take a wider format",
      );
    }
    kept ??= Float64Array.from(values);
    kept[i] = Math.sign(value) * largest;
  }
  return kept ?? values;
}

function toFloat32(values: ArrayLike<number>): Float32Array {
  return values instanceof Float32Array ? values : Float32Array.from(values);
}

function safeNumber(what: string, value: bigint, i: number): number {
  const number = Number(value);
  if (Number.isSafeInteger(number)) return number;
  throw new RangeError(`${what}: element ${i}: expected an integer up to 2^53 - 1 in size, got ${value}`);
}

function integers(what: string, values: ArrayLike<number>, least: number, most: number): number[] {
  return Array.from(values, (value, i) => {
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    throw new RangeError(`${what}: element ${i}: expected an integer from ${least} to ${most}, got ${value}`);
  });
}
