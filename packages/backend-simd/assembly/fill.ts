/** Sets elements of four bytes to the bits of `value`. */
export function fill4(to: usize, value: i32, begin: i32, end: i32): void {
  const v = i32x4.splat(value);
  let i = begin;
  for (; i + 4 <= end; i += 4) v128.store(to + <usize>i * 4, v);
  for (; i < end; i++) store<i32>(to + <usize>i * 4, value);
}
