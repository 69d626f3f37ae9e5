import { innerLength, innerStrideA, innerStrideB, offsetA, offsetB, rankOf, seekRow } from "./layout";
import { loadPart, storePart } from "./simd";

/** A function of two floats (or integers), four pairs at a time. */
@unmanaged
abstract class Binary {
  abstract of(a: v128, b: v128): v128;
}

/**
 * to = Op(a, b) with broadcasting. Parts are rows of the layout or, when it has a single row, elements of that.
 */
// @ts-ignore: decorator
@inline
function map<Op extends Binary>(a: usize, b: usize, to: usize, layout: usize, begin: i32, end: i32): void {
  const strideA = innerStrideA(layout);
  const strideB = innerStrideB(layout);
  if (rankOf(layout) == 0) {
    const fromA = a + <usize>(begin * strideA) * 4;
    const fromB = b + <usize>(begin * strideB) * 4;
    mapRow<Op>(fromA, strideA, fromB, strideB, to + <usize>begin * 4, end - begin);
    return;
  }
  const length = innerLength(layout);
  to += <usize>begin * <usize>length * 4;
  for (let row = begin; row < end; row++) {
    seekRow(layout, row);
    mapRow<Op>(a + offsetA * 4, strideA, b + offsetB * 4, strideB, to, length);
    to += <usize>length * 4;
  }
}

function mapRow<Op extends Binary>(a: usize, strideA: i32, b: usize, strideB: i32, to: usize, length: i32): void {
  const op = changetype<Op>(0);
  if (strideA == 1 && strideB == 1) {
    for (; length >= 8; length -= 8) {
      v128.store(to, op.of(v128.load(a), v128.load(b)));
      v128.store(to, op.of(v128.load(a, 16), v128.load(b, 16)), 16);
      a += 32;
      b += 32;
      to += 32;
    }
    for (; length > 0; length -= 4) {
      storePart(to, length, op.of(loadPart(a, length, 1), loadPart(b, length, 1)));
      a += 16;
      b += 16;
      to += 16;
    }
  } else if (strideA == 1) {
    const right = v128.load32_splat(b);
    for (; length >= 4; length -= 4) {
      v128.store(to, op.of(v128.load(a), right));
      a += 16;
      to += 16;
    }
    if (length > 0) storePart(to, length, op.of(loadPart(a, length, 1), right));
  } else {
    const left = v128.load32_splat(a);
    const step: usize = strideB == 1 ? 16 : 0;
    for (; length >= 4; length -= 4) {
      v128.store(to, op.of(left, strideB == 1 ? v128.load(b) : v128.load32_splat(b)));
      b += step;
      to += 16;
    }
    if (length > 0) storePart(to, length, op.of(left, strideB == 1 ? loadPart(b, length, 1) : v128.load32_splat(b)));
  }
}

@unmanaged @final
class Add extends Binary {
  @inline of(a: v128, b: v128): v128 { return f32x4.add(a, b); }
}
export function add(a: usize, b: usize, to: usize, layout: usize, begin: i32, end: i32): void {
  map<Add>(a, b, to, layout, begin, end);
}

@unmanaged @final
class Sub extends Binary {
  @inline of(a: v128, b: v128): v128 { return f32x4.sub(a, b); }
}
export function sub(a: usize, b: usize, to: usize, layout: usize, begin: i32, end: i32): void {
  map<Sub>(a, b, to, layout, begin, end);
}

@unmanaged @final
class Mul extends Binary {
  @inline of(a: v128, b: v128): v128 { return f32x4.mul(a, b); }
}
export function mul(a: usize, b: usize, to: usize, layout: usize, begin: i32, end: i32): void {
  map<Mul>(a, b, to, layout, begin, end);
}

@unmanaged @final
class Div extends Binary {
  @inline of(a: v128, b: v128): v128 { return f32x4.div(a, b); }
}
export function div(a: usize, b: usize, to: usize, layout: usize, begin: i32, end: i32): void {
  map<Div>(a, b, to, layout, begin, end);
}

@unmanaged @final
class Maximum extends Binary {
  @inline of(a: v128, b: v128): v128 { return f32x4.max(a, b); }
}
export function maximum(a: usize, b: usize, to: usize, layout: usize, begin: i32, end: i32): void {
  map<Maximum>(a, b, to, layout, begin, end);
}

@unmanaged @final
class Minimum extends Binary {
  @inline of(a: v128, b: v128): v128 { return f32x4.min(a, b); }
}
export function minimum(a: usize, b: usize, to: usize, layout: usize, begin: i32, end: i32): void {
  map<Minimum>(a, b, to, layout, begin, end);
}

@unmanaged @final
class AddInt extends Binary {
  @inline of(a: v128, b: v128): v128 { return i32x4.add(a, b); }
}
export function addInt(a: usize, b: usize, to: usize, layout: usize, begin: i32, end: i32): void {
  map<AddInt>(a, b, to, layout, begin, end);
}

@unmanaged @final
class SubInt extends Binary {
  @inline of(a: v128, b: v128): v128 { return i32x4.sub(a, b); }
}
export function subInt(a: usize, b: usize, to: usize, layout: usize, begin: i32, end: i32): void {
  map<SubInt>(a, b, to, layout, begin, end);
}

@unmanaged @final
class MulInt extends Binary {
  @inline of(a: v128, b: v128): v128 { return i32x4.mul(a, b); }
}
export function mulInt(a: usize, b: usize, to: usize, layout: usize, begin: i32, end: i32): void {
  map<MulInt>(a, b, to, layout, begin, end);
}

@unmanaged @final
class MaximumInt extends Binary {
  @inline of(a: v128, b: v128): v128 { return i32x4.max_s(a, b); }
}
export function maximumInt(a: usize, b: usize, to: usize, layout: usize, begin: i32, end: i32): void {
  map<MaximumInt>(a, b, to, layout, begin, end);
}

@unmanaged @final
class MinimumInt extends Binary {
  @inline of(a: v128, b: v128): v128 { return i32x4.min_s(a, b); }
}
export function minimumInt(a: usize, b: usize, to: usize, layout: usize, begin: i32, end: i32): void {
  map<MinimumInt>(a, b, to, layout, begin, end);
}

@unmanaged @final
class SquaredDifference extends Binary {
  @inline of(a: v128, b: v128): v128 {
    const difference = f32x4.sub(a, b);
    return f32x4.mul(difference, difference);
  }
}
export function squaredDifference(a: usize, b: usize, to: usize, layout: usize, begin: i32, end: i32): void {
  map<SquaredDifference>(a, b, to, layout, begin, end);
}

/** Powers one by one, in double precision: gradients raise to 1.5 and the like, seldom enough. */
@unmanaged @final
class Pow extends Binary {
  of(a: v128, b: v128): v128 {
    return f32x4(
      power(f32x4.extract_lane(a, 0), f32x4.extract_lane(b, 0)),
      power(f32x4.extract_lane(a, 1), f32x4.extract_lane(b, 1)),
      power(f32x4.extract_lane(a, 2), f32x4.extract_lane(b, 2)),
      power(f32x4.extract_lane(a, 3), f32x4.extract_lane(b, 3)),
    );
  }
}
export function pow(a: usize, b: usize, to: usize, layout: usize, begin: i32, end: i32): void {
  map<Pow>(a, b, to, layout, begin, end);
}

/** As JavaScript: 1 to the power of NaN or infinity is NaN. */
function power(x: f32, y: f32): f32 {
  return (x == 1 || x == -1) && y - y != 0 ? NaN : Mathf.pow(x, y);
}
