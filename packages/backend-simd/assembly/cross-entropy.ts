import { largest } from "./extreme";
import { expOfNegative } from "./math";
import { madd } from "./simd";
import { sumExp } from "./softmax";

/**
 * The cost of rows of logits, whole or a block of columns at a time. What is known of a row so far are four floats of
 * `state` [rows, 4]: the largest logit, the sum of e^(logit - largest), the logit of the label, the sum of logits.
 */

/** Forgets what is known of `rows` rows. */
export function startCrossEntropy(state: usize, begin: i32, end: i32): void {
  for (let row = begin; row < end; row++) {
    v128.store(state + <usize>row * 16, f32x4(-Infinity, 0, 0, 0));
  }
}

/**
 * Takes in the columns from `column` to `column + width` of each row; they lie at `logits`, `stride` elements from row to
 * row.
 *
 * @param needsSum Whether the sum of the logits is needed, which label smoothing does.
 */
export function addCrossEntropy(
  logits: usize, stride: usize, labels: usize, state: usize, column: i32, width: i32, needsSum: bool,
  begin: i32, end: i32,
): void {
  for (let row = begin; row < end; row++) {
    const from = logits + <usize>row * stride * 4;
    const known = state + <usize>row * 16;
    const old = load<f32>(known);
    const peak = max<f32>(old, largest(from, width));
    const before: f32 = old == -Infinity ? 0 : load<f32>(known, 4) * Mathf.exp(old - peak);
    store<f32>(known, peak);
    store<f32>(known, before + sumExp(from, width, peak), 4);
    const at = load<u32>(labels + <usize>row * 4) - <u32>column;
    if (at < <u32>width) store<f32>(known, load<f32>(from + <usize>at * 4), 8);
    if (needsSum) {
      let sum = load<f32>(known, 12);
      let part: f32 = 0;
      for (let i: usize = 0; i < <usize>width; i++) part += load<f32>(from + i * 4);
      sum += part;
      store<f32>(known, sum, 12);
    }
  }
}

/**
 * The costs: log Z - (label - other) · logit - other · Σ logits - entropy + zLoss · log² Z, 0 where the label is
 * `ignoreId`.
 */
export function finishCrossEntropy(
  labels: usize, state: usize, loss: usize, logZ: usize,
  label: f32, other: f32, entropy: f32, zLoss: f32, ignoreId: i32, begin: i32, end: i32,
): void {
  for (let row = begin; row < end; row++) {
    const at = <usize>row * 4;
    const known = state + <usize>row * 16;
    const z = load<f32>(known) + Mathf.log(load<f32>(known, 4));
    store<f32>(logZ + at, z);
    let cost = z - (label - other) * load<f32>(known, 8);
    if (other != 0) cost -= other * load<f32>(known, 12) + entropy;
    if (zLoss != 0) cost += zLoss * z * z;
    store<f32>(loss + at, load<i32>(labels + at) == ignoreId ? 0 : cost);
  }
}

/**
 * The gradients of a block of columns: ((1 + 2 zLoss log Z) softmax - target) · dy. They may take the logits' place.
 *
 * @param target Elements from row to row of what is written.
 */
export function crossEntropyGrad(
  logits: usize, stride: usize, dLogits: usize, target: usize, dy: usize, labels: usize, logZ: usize,
  column: i32, width: i32, label: f32, other: f32, zLoss: f32, ignoreId: i32, begin: i32, end: i32,
): void {
  for (let row = begin; row < end; row++) {
    const from = logits + <usize>row * stride * 4;
    const to = dLogits + <usize>row * target * 4;
    const id = load<i32>(labels + <usize>row * 4);
    if (id == ignoreId) {
      memory.fill(to, 0, <usize>width * 4);
      continue;
    }
    const z = load<f32>(logZ + <usize>row * 4);
    const d = load<f32>(dy + <usize>row * 4);
    const offset = f32x4.splat(z);
    const scale = f32x4.splat((1 + 2 * zLoss * z) * d);
    const base = f32x4.splat(-other * d);
    let i: usize = 0;
    for (; i + 4 <= <usize>width; i += 4) {
      v128.store(to + i * 4, madd(expOfNegative(f32x4.sub(v128.load(from + i * 4), offset)), scale, base));
    }
    for (; i < <usize>width; i++) {
      const e = expOfNegative(f32x4.sub(v128.load32_splat(from + i * 4), offset));
      v128.store32_lane(to + i * 4, madd(e, scale, base), 0);
    }
    const at = <u32>id - <u32>column;
    if (at < <u32>width) {
      const entry = to + <usize>at * 4;
      store<f32>(entry, load<f32>(entry) - (label - other) * d);
    }
  }
}
