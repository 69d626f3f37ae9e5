/**
 * Numbers of a counter-based random stream, as `@t5ts/random` defines them: two keyed rounds of a 32-bit mixer, bit for
 * bit the same everywhere.
 */

// @ts-ignore: decorator
@inline
function mix(x: v128): v128 {
  x = i32x4.mul(v128.xor(x, i32x4.shr_u(x, 16)), i32x4.splat(0x21f0aaad));
  x = i32x4.mul(v128.xor(x, i32x4.shr_u(x, 15)), i32x4.splat(0x735a2d97));
  return v128.xor(x, i32x4.shr_u(x, 15));
}

/** All bits of a lane are set where the number at that position is at least `threshold`, that is, the element is kept. */
// @ts-ignore: decorator
@inline
export function isKept(position: v128, first: v128, second: v128, threshold: v128): v128 {
  return i32x4.ge_u(mix(i32x4.add(mix(v128.xor(position, first)), second)), threshold);
}

/** Four consecutive positions. */
// @ts-ignore: decorator
@inline
export function positionsFrom(position: i32): v128 {
  return i32x4.add(i32x4.splat(position), i32x4(0, 1, 2, 3));
}
