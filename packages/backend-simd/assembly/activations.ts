import { geluDerivative, geluGate } from "./math";
import { loadPart, storePart } from "./simd";

/** dx = dy where y, what relu gave, is above 0. */
export function reluGrad(dy: usize, y: usize, dx: usize, begin: i32, end: i32): void {
  const zero = f32x4.splat(0);
  for (let i = begin; i < end; i += 4) {
    const at = <usize>i * 4;
    const count = end - i;
    if (count >= 4) v128.store(dx + at, v128.and(v128.load(dy + at), f32x4.gt(v128.load(y + at), zero)));
    else storePart(dx + at, count, v128.and(loadPart(dy + at, count, 0), f32x4.gt(loadPart(y + at, count, 0), zero)));
  }
}

/** to = gelu(gate) · x. */
export function gatedGelu(gate: usize, x: usize, to: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) {
    const at = <usize>i * 4;
    const count = end - i;
    const g = count >= 4 ? v128.load(gate + at) : loadPart(gate + at, count, 0);
    const h = count >= 4 ? v128.load(x + at) : loadPart(x + at, count, 0);
    const y = f32x4.mul(f32x4.mul(g, geluGate(g)), h);
    if (count >= 4) v128.store(to + at, y);
    else storePart(to + at, count, y);
  }
}

export function gatedGeluGrad(dy: usize, gate: usize, x: usize, dGate: usize, dx: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) {
    const at = <usize>i * 4;
    const count = end - i;
    const d = count >= 4 ? v128.load(dy + at) : loadPart(dy + at, count, 0);
    const g = count >= 4 ? v128.load(gate + at) : loadPart(gate + at, count, 0);
    const h = count >= 4 ? v128.load(x + at) : loadPart(x + at, count, 0);
    const open = geluGate(g);
    const left = f32x4.mul(f32x4.mul(d, h), geluDerivative(g, open));
    const right = f32x4.mul(d, f32x4.mul(g, open));
    if (count >= 4) {
      v128.store(dGate + at, left);
      v128.store(dx + at, right);
    } else {
      storePart(dGate + at, count, left);
      storePart(dx + at, count, right);
    }
  }
}
