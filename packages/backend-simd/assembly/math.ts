import { madd, nmadd } from "./simd";

/**
 * Elementary functions on four floats. The polynomials are minimax fits over the stated range (Remez exchange, 40
 * digits), each a little better than float32 can tell. NaN gives NaN.
 */

/** 1.5 · 2^23: added to a small number, its fraction is rounded away and the integer is in the low bits. */
const ROUNDER: f32 = 12582912;
const LOG2_E: f32 = 1.4426950408889634;
/** ln 2 in two pieces: the first has so few bits that its products with exponents are exact. */
const LN2_HIGH: f32 = 0.693359375;
const LN2_LOW: f32 = -2.12194440e-4;

/** e^x; 0 and infinity beyond what a float holds, subnormal results included. */
// @ts-ignore: decorator
@inline
export function exp(x: v128): v128 {
  // The operand that may be NaN comes first: these pick it when the comparison fails.
  const bounded = f32x4.pmax(f32x4.pmin(x, f32x4.splat(89)), f32x4.splat(-105));
  const shifted = madd(bounded, f32x4.splat(LOG2_E), f32x4.splat(ROUNDER));
  // 2^n in two factors, since n may be beyond the exponents of a float at both ends.
  const n = i32x4.sub(shifted, f32x4.splat(ROUNDER));
  const half = i32x4.shr_s(n, 1);
  return f32x4.mul(f32x4.mul(expOfRest(bounded, shifted), powerOfTwo(half)), powerOfTwo(i32x4.sub(n, half)));
}

/** e^x where x ≤ 0 and results below 1e-38 may be 0: what a softmax needs. */
// @ts-ignore: decorator
@inline
export function expOfNegative(x: v128): v128 {
  const bounded = f32x4.pmax(x, f32x4.splat(-87.33));
  const shifted = madd(bounded, f32x4.splat(LOG2_E), f32x4.splat(ROUNDER));
  const n = i32x4.sub(shifted, f32x4.splat(ROUNDER));
  return v128.andnot(f32x4.mul(expOfRest(bounded, shifted), powerOfTwo(n)), f32x4.lt(x, f32x4.splat(-87.33)));
}

/** e^(x - n ln 2), where n is the integer nearest to x / ln 2: `shifted` less the rounder. */
// @ts-ignore: decorator
@inline
function expOfRest(x: v128, shifted: v128): v128 {
  const n = f32x4.sub(shifted, f32x4.splat(ROUNDER));
  const r = nmadd(n, f32x4.splat(LN2_LOW), nmadd(n, f32x4.splat(LN2_HIGH), x));
  let p = madd(r, f32x4.splat(0.001381446935), f32x4.splat(0.00836878034));
  p = madd(p, r, f32x4.splat(0.04166839416));
  p = madd(p, r, f32x4.splat(0.1666652011));
  p = madd(p, r, f32x4.splat(0.4999999341));
  return f32x4.add(f32x4.splat(1), madd(f32x4.mul(r, r), p, r));
}

/** 2^n, for integers from -126 to 127. */
// @ts-ignore: decorator
@inline
function powerOfTwo(n: v128): v128 {
  return i32x4.shl(i32x4.add(n, i32x4.splat(127)), 23);
}

/** Natural logarithm; -infinity at 0, NaN below. */
// @ts-ignore: decorator
@inline
export function log(x: v128): v128 {
  // Subnormal numbers are brought into range first.
  const isSmall = f32x4.lt(x, f32x4.splat(1.17549435e-38));
  const scaled = v128.bitselect(f32x4.mul(x, f32x4.splat(33554432)), x, isSmall);
  // The exponent that leaves a mantissa from √½ to √2.
  const offset = i32x4.sub(scaled, i32x4.splat(0x3f3504f3));
  const exponent = i32x4.shr_s(offset, 23);
  const mantissa = i32x4.sub(scaled, i32x4.shl(exponent, 23));
  const e = f32x4.sub(f32x4.convert_i32x4_s(exponent), v128.and(isSmall, f32x4.splat(25)));
  const f = f32x4.sub(mantissa, f32x4.splat(1));
  let p = madd(f, f32x4.splat(-0.07634607922), f32x4.splat(0.1276158182));
  p = madd(p, f, f32x4.splat(-0.1316013786));
  p = madd(p, f, f32x4.splat(0.1420175383));
  p = madd(p, f, f32x4.splat(-0.1662336207));
  p = madd(p, f, f32x4.splat(0.200012273));
  p = madd(p, f, f32x4.splat(-0.2500082089));
  p = madd(p, f, f32x4.splat(0.333333317));
  const square = f32x4.mul(f, f);
  let y = f32x4.mul(f32x4.mul(p, f), square);
  y = madd(e, f32x4.splat(LN2_LOW), y);
  y = nmadd(square, f32x4.splat(0.5), y);
  y = madd(e, f32x4.splat(LN2_HIGH), f32x4.add(f, y));
  // What has no logarithm: infinity and NaN are their own, 0 gives -infinity, below it is NaN.
  y = v128.bitselect(y, x, f32x4.lt(x, f32x4.splat(Infinity)));
  y = v128.bitselect(f32x4.splat(-Infinity), y, f32x4.eq(x, f32x4.splat(0)));
  return v128.or(y, f32x4.lt(x, f32x4.splat(0)));
}

/** Hyperbolic tangent. */
// @ts-ignore: decorator
@inline
export function tanh(x: v128): v128 {
  const size = f32x4.abs(x);
  const square = f32x4.mul(x, x);
  let p = madd(square, f32x4.splat(-0.005704986993), f32x4.splat(0.02063908724));
  p = madd(p, square, f32x4.splat(-0.05373971509));
  p = madd(p, square, f32x4.splat(0.133314422));
  p = madd(p, square, f32x4.splat(-0.3333328194));
  const small = madd(f32x4.mul(p, square), x, x);
  const e = exp(f32x4.add(size, size));
  const large = f32x4.sub(f32x4.splat(1), f32x4.div(f32x4.splat(2), f32x4.add(e, f32x4.splat(1))));
  const signed = v128.or(large, v128.and(x, i32x4.splat(0x80000000)));
  return v128.bitselect(small, signed, f32x4.lt(size, f32x4.splat(0.625)));
}

/** 1 / (1 + e^-x). */
// @ts-ignore: decorator
@inline
export function sigmoid(x: v128): v128 {
  return f32x4.div(f32x4.splat(1), f32x4.add(f32x4.splat(1), exp(f32x4.neg(x))));
}

/** The error function. */
// @ts-ignore: decorator
@inline
export function erf(x: v128): v128 {
  const size = f32x4.abs(x);
  const square = f32x4.mul(x, x);
  let p = madd(square, f32x4.splat(7.889123246e-5), f32x4.splat(-0.0008020842332));
  p = madd(p, square, f32x4.splat(0.005189535449));
  p = madd(p, square, f32x4.splat(-0.02685444464));
  p = madd(p, square, f32x4.splat(0.1128360018));
  p = madd(p, square, f32x4.splat(-0.3761262714));
  p = madd(p, square, f32x4.splat(1.128379166));
  const small = f32x4.mul(p, x);
  // Beyond 1: 1 - e^-q, where q is -ln(1 - erf) from 1 to 4; at 4 a float is 1 already.
  const a = f32x4.pmin(size, f32x4.splat(4));
  let q = madd(a, f32x4.splat(-0.0001863789389), f32x4.splat(0.002947655787));
  q = madd(q, a, f32x4.splat(-0.02183805383));
  q = madd(q, a, f32x4.splat(0.1031067331));
  q = madd(q, a, f32x4.splat(0.6381448577));
  q = madd(q, a, f32x4.splat(1.127089175));
  q = madd(q, a, f32x4.splat(0.0003415267485));
  const large = f32x4.sub(f32x4.splat(1), expOfNegative(f32x4.neg(q)));
  const signed = v128.or(large, v128.and(x, i32x4.splat(0x80000000)));
  return v128.bitselect(small, signed, f32x4.lt(size, f32x4.splat(1)));
}

/** √(2 / π) and the cubic term of the tanh form of the Gaussian error linear unit. */
const SQRT_2_OVER_PI: f32 = 0.7978845608028654;
const CUBIC: f32 = 0.044715;

/** ½ (1 + tanh(√(2/π) (x + 0.044715 x³))), as the sigmoid of twice that argument. */
// @ts-ignore: decorator
@inline
export function geluGate(x: v128): v128 {
  const inner = madd(f32x4.mul(x, x), f32x4.splat(2 * SQRT_2_OVER_PI * CUBIC), f32x4.splat(2 * SQRT_2_OVER_PI));
  return sigmoid(f32x4.mul(x, inner));
}

/** The derivative of x · geluGate(x), of which `gate` is the second factor. */
// @ts-ignore: decorator
@inline
export function geluDerivative(x: v128, gate: v128): v128 {
  const slope = madd(f32x4.mul(x, x), f32x4.splat(6 * SQRT_2_OVER_PI * CUBIC), f32x4.splat(2 * SQRT_2_OVER_PI));
  const dGate = f32x4.mul(f32x4.mul(gate, f32x4.sub(f32x4.splat(1), gate)), slope);
  return madd(x, dGate, gate);
}
