/**
 * One step of AdamW on elements `begin` to `end`; results may take the inputs' places.
 *
 * @param rate Learning rate over the mean's correction. `decay` is what the parameter keeps of itself.
 */
export function adamW(
  param: usize, grad: usize, mean: usize, variance: usize, newParam: usize, newMean: usize, newVariance: usize,
  beta1: f32, rest1: f32, beta2: f32, rest2: f32, correction: f32, epsilon: f32, rate: f32, decay: f32, gradScale: f32,
  begin: i32, end: i32,
): void {
  const b1 = f32x4.splat(beta1);
  const r1 = f32x4.splat(rest1);
  const b2 = f32x4.splat(beta2);
  const r2 = f32x4.splat(rest2);
  const inverse = f32x4.splat(1 / correction);
  const e = f32x4.splat(epsilon);
  const step = f32x4.splat(rate);
  const keep = f32x4.splat(decay);
  const scale = f32x4.splat(gradScale);
  let i = <usize>begin * 4;
  const last = <usize>end * 4;
  for (; i + 16 <= last; i += 16) {
    const g = f32x4.mul(v128.load(grad + i), scale);
    const m = f32x4.add(f32x4.mul(v128.load(mean + i), b1), f32x4.mul(g, r1));
    const v = f32x4.add(f32x4.mul(v128.load(variance + i), b2), f32x4.mul(f32x4.mul(g, g), r2));
    const root = f32x4.add(f32x4.sqrt(f32x4.mul(v, inverse)), e);
    const change = f32x4.mul(step, f32x4.div(m, root));
    v128.store(newMean + i, m);
    v128.store(newVariance + i, v);
    v128.store(newParam + i, f32x4.sub(f32x4.mul(v128.load(param + i), keep), change));
  }
  for (; i < last; i += 4) {
    const g = load<f32>(grad + i) * gradScale;
    const m = load<f32>(mean + i) * beta1 + g * rest1;
    const v = load<f32>(variance + i) * beta2 + g * g * rest2;
    const change = rate * (m / (sqrt<f32>(v * (1 / correction)) + epsilon));
    store<f32>(newMean + i, m);
    store<f32>(newVariance + i, v);
    store<f32>(newParam + i, load<f32>(param + i) * decay - change);
  }
}
