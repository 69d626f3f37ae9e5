/**
 * The nearest integer; of two equally near, the even one, as in Python and TensorFlow.
 *
 * `Math.round` takes the upper: 4.5 → 5 where T5 has 4, and the lengths of 102 texts up to 4096 tokens would differ.
 */
export function roundHalfToEven(x: number): number {
  const floor = Math.floor(x);
  const above = x - floor;
  if (above !== 0.5) return above < 0.5 ? floor : floor + 1;
  return floor % 2 === 0 ? floor : floor + 1;
}
