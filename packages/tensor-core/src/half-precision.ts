/*
 * The 16-bit floats of checkpoints, to and from float32. Every 16-bit number is a float32 number, so widening is
 * exact; narrowing takes the nearest, of two equally near the one whose last bit is 0, as the hardware does.
 */

/** The float32 numbers whose upper halves these are. */
export function bfloat16ToFloat32(halves: Uint16Array): Float32Array<ArrayBuffer> {
  const bits = new Uint32Array(halves.length);
  for (let i = 0; i < halves.length; i++) bits[i] = (halves[i] as number) << 16;
  return new Float32Array(bits.buffer);
}

/** The nearest bfloat16 numbers; from about 3.4e38 they're infinite. NaN stays NaN. */
export function float32ToBfloat16(values: Float32Array): Uint16Array<ArrayBuffer> {
  const bits = bitsOf(values);
  const halves = new Uint16Array(values.length);
  for (let i = 0; i < bits.length; i++) {
    const x = bits[i] as number;
    const isNotANumber = (x & 0x7fffffff) > 0x7f800000;
    halves[i] = isNotANumber ? (x >>> 16) | 0x40 : (x + 0x7fff + ((x >>> 16) & 1)) >>> 16;
  }
  return halves;
}

/** IEEE half precision, widened: subnormals, infinities and NaN included. */
export function float16ToFloat32(halves: Uint16Array): Float32Array<ArrayBuffer> {
  const values = new Float32Array(halves.length);
  const bits = new Uint32Array(values.buffer);
  for (let i = 0; i < halves.length; i++) {
    const half = halves[i] as number;
    const sign = (half & 0x8000) << 16;
    const magnitude = half & 0x7fff;
    if (magnitude >= 0x7c00) bits[i] = sign | 0x7f800000 | ((magnitude & 0x3ff) << 13);
    else {
      // Read as a float32, exponent and fraction are 2^112 times too small, for subnormals too.
      bits[i] = magnitude << 13;
      values[i] = (values[i] as number) * 2 ** 112;
      bits[i] = (bits[i] as number) | sign;
    }
  }
  return values;
}

/** The nearest half-precision numbers; from 65520 they're infinite. NaN stays NaN. */
export function float32ToFloat16(values: Float32Array): Uint16Array<ArrayBuffer> {
  const bits = bitsOf(values);
  const halves = new Uint16Array(values.length);
  for (let i = 0; i < bits.length; i++) {
    const sign = ((bits[i] as number) >>> 16) & 0x8000;
    halves[i] = sign | halfMagnitude((bits[i] as number) & 0x7fffffff, Math.abs(values[i] as number));
  }
  return halves;
}

const FLOAT16_INFINITY = 0x7c00;

/** @param magnitude The bits of `absolute`. */
function halfMagnitude(magnitude: number, absolute: number): number {
  if (magnitude > 0x7f800000) return FLOAT16_INFINITY | 0x200 | ((magnitude >>> 13) & 0x3ff);
  if (absolute >= 65520) return FLOAT16_INFINITY; // half-way from the largest number, 65504, to the next power's first
  if (absolute < 2 ** -14) return roundHalfToEven(absolute * 2 ** 24); // subnormal: multiples of 2^-24
  return ((magnitude + 0xfff + ((magnitude >>> 13) & 1)) >>> 13) - (112 << 10);
}

function roundHalfToEven(x: number): number {
  const below = Math.floor(x);
  const rest = x - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
}

function bitsOf(values: Float32Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length);
}
