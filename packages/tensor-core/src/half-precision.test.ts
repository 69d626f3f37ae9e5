import { describe, expect, it } from "vitest";
import { bfloat16ToFloat32, float16ToFloat32, float32ToBfloat16, float32ToFloat16 } from "./half-precision.js";

const EVERY_HALF = Uint16Array.from({ length: 2 ** 16 }, (_, i) => i);
const formats = [
  { name: "float16", exponentBits: 5, fractionBits: 10, widen: float16ToFloat32, narrow: float32ToFloat16 },
  { name: "bfloat16", exponentBits: 8, fractionBits: 7, widen: bfloat16ToFloat32, narrow: float32ToBfloat16 },
];

/** The number that the definition of a binary float gives to these bits. */
function define(half: number, exponentBits: number, fractionBits: number): number {
  const bias = 2 ** (exponentBits - 1) - 1;
  const exponent = (half >>> fractionBits) & (2 ** exponentBits - 1);
  const fraction = (half & (2 ** fractionBits - 1)) / 2 ** fractionBits;
  const sign = half & 0x8000 ? -1 : 1;
  if (exponent === 2 ** exponentBits - 1) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (exponent === 0 ? fraction * 2 ** (1 - bias) : (1 + fraction) * 2 ** (exponent - bias));
}

for (const { name, exponentBits, fractionBits, widen, narrow } of formats) {
  describe(name, () => {
    const values = widen(EVERY_HALF);

    it("gives all 65,536 numbers their value", () => {
      for (const half of EVERY_HALF) {
        const expected = define(half, exponentBits, fractionBits);
        if (!Object.is(values[half], expected)) expect.fail(`${half.toString(16)}: ${expected}, got ${values[half]}`);
      }
    });

    it("comes back from float32, NaN as NaN", () => {
      const back = narrow(values);
      for (const half of EVERY_HALF) {
        if (Number.isNaN(values[half])) expect(widen(back.subarray(half, half + 1))[0]).toBeNaN();
        else if (back[half] !== half) expect.fail(`${half.toString(16)} came back as ${back[half]!.toString(16)}`);
      }
    });

    it("rounds to the nearest, and half-way to the even, between every two neighbours", () => {
      const infinity = 0x7fff & ~(2 ** fractionBits - 1);
      for (let half = 0; half < infinity; half++) {
        const below = values[half]!;
        // Beyond the largest number, the next step of the same size counts as infinity.
        const above = half + 1 === infinity ? below + (below - values[half - 1]!) : values[half + 1]!;
        const middle = Float32Array.of((below + above) / 2); // one bit more: exact
        const bits = new Uint32Array(middle.buffer)[0]!;
        const neighbours = new Float32Array(Uint32Array.of(bits - 1, bits + 1).buffer);
        const even = half % 2 === 0 ? half : half + 1;
        const expected = [even, even | 0x8000, half, half + 1];
        const actual = narrow(Float32Array.of(middle[0]!, -middle[0]!, ...neighbours));
        if (actual.join() !== expected.join()) expect.fail(`at ${half.toString(16)}: ${expected}, got ${actual}`);
      }
    });

    it("narrows what is out of range to infinity, and what is nearly nothing to 0 with its sign", () => {
      const narrowed = widen(narrow(Float32Array.from([3.4028235e38, -3.4028235e38, 2 ** -149, -(2 ** -149)])));
      expect(Array.from(narrowed)).toEqual([Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0]);
    });

    it("keeps a NaN whose payload is only in the bits that go", () => {
      const nan = new Float32Array(Uint32Array.from([0x7f800001, 0xffffffff]).buffer);
      expect(Array.from(widen(narrow(nan)))).toEqual([Number.NaN, Number.NaN]);
    });
  });
}
