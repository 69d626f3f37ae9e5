import { erf, exp, log, sigmoid, tanh } from "./math";
import { loadPart, storePart } from "./simd";

/** A function of one float, four at a time. */
@unmanaged
abstract class Unary {
  abstract of(x: v128): v128;
}

/** to[begin … end) = Op(from[begin … end)). The rest of a row that isn't whole fours goes through the same arithmetic. */
// @ts-ignore: decorator
@inline
function map<Op extends Unary>(from: usize, to: usize, begin: i32, end: i32): void {
  from += <usize>begin * 4;
  to += <usize>begin * 4;
  let left = end - begin;
  for (; left >= 4; left -= 4) {
    v128.store(to, changetype<Op>(0).of(v128.load(from)));
    from += 16;
    to += 16;
  }
  if (left > 0) storePart(to, left, changetype<Op>(0).of(loadPart(from, left, 1)));
}

@unmanaged @final
class Exp extends Unary {
  @inline of(x: v128): v128 { return exp(x); }
}
export function expOf(from: usize, to: usize, begin: i32, end: i32): void { map<Exp>(from, to, begin, end); }

@unmanaged @final
class Log extends Unary {
  @inline of(x: v128): v128 { return log(x); }
}
export function logOf(from: usize, to: usize, begin: i32, end: i32): void { map<Log>(from, to, begin, end); }

@unmanaged @final
class Tanh extends Unary {
  @inline of(x: v128): v128 { return tanh(x); }
}
export function tanhOf(from: usize, to: usize, begin: i32, end: i32): void { map<Tanh>(from, to, begin, end); }

@unmanaged @final
class Sigmoid extends Unary {
  @inline of(x: v128): v128 { return sigmoid(x); }
}
export function sigmoidOf(from: usize, to: usize, begin: i32, end: i32): void { map<Sigmoid>(from, to, begin, end); }

@unmanaged @final
class Erf extends Unary {
  @inline of(x: v128): v128 { return erf(x); }
}
export function erfOf(from: usize, to: usize, begin: i32, end: i32): void { map<Erf>(from, to, begin, end); }

@unmanaged @final
class Sqrt extends Unary {
  @inline of(x: v128): v128 { return f32x4.sqrt(x); }
}
export function sqrtOf(from: usize, to: usize, begin: i32, end: i32): void { map<Sqrt>(from, to, begin, end); }

@unmanaged @final
class Rsqrt extends Unary {
  @inline of(x: v128): v128 { return f32x4.div(f32x4.splat(1), f32x4.sqrt(x)); }
}
export function rsqrtOf(from: usize, to: usize, begin: i32, end: i32): void { map<Rsqrt>(from, to, begin, end); }

@unmanaged @final
class Square extends Unary {
  @inline of(x: v128): v128 { return f32x4.mul(x, x); }
}
export function squareOf(from: usize, to: usize, begin: i32, end: i32): void { map<Square>(from, to, begin, end); }

@unmanaged @final
class Neg extends Unary {
  @inline of(x: v128): v128 { return f32x4.neg(x); }
}
export function negOf(from: usize, to: usize, begin: i32, end: i32): void { map<Neg>(from, to, begin, end); }

@unmanaged @final
class Abs extends Unary {
  @inline of(x: v128): v128 { return f32x4.abs(x); }
}
export function absOf(from: usize, to: usize, begin: i32, end: i32): void { map<Abs>(from, to, begin, end); }

@unmanaged @final
class Reciprocal extends Unary {
  @inline of(x: v128): v128 { return f32x4.div(f32x4.splat(1), x); }
}
export function reciprocalOf(from: usize, to: usize, begin: i32, end: i32): void { map<Reciprocal>(from, to, begin, end); }

@unmanaged @final
class Relu extends Unary {
  @inline of(x: v128): v128 { return f32x4.pmax(x, f32x4.splat(0)); }
}
export function reluOf(from: usize, to: usize, begin: i32, end: i32): void { map<Relu>(from, to, begin, end); }

@unmanaged @final
class Floor extends Unary {
  @inline of(x: v128): v128 { return f32x4.floor(x); }
}
export function floorOf(from: usize, to: usize, begin: i32, end: i32): void { map<Floor>(from, to, begin, end); }

@unmanaged @final
class Ceil extends Unary {
  @inline of(x: v128): v128 { return f32x4.ceil(x); }
}
export function ceilOf(from: usize, to: usize, begin: i32, end: i32): void { map<Ceil>(from, to, begin, end); }

@unmanaged @final
class Round extends Unary {
  @inline of(x: v128): v128 { return f32x4.nearest(x); }
}
export function roundOf(from: usize, to: usize, begin: i32, end: i32): void { map<Round>(from, to, begin, end); }
