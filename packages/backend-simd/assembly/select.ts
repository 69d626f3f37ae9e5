/** to = condition ? a : b for elements of four bytes; a condition is a byte. */
export function select4(condition: usize, a: usize, b: usize, to: usize, begin: i32, end: i32): void {
  for (let i = begin; i < end; i += 4) {
    const at = <usize>i * 4;
    const count = end - i;
    if (count >= 4) {
      const holds = i32x4.ne(
        i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(condition + <usize>i))), i32x4.splat(0),
      );
      v128.store(to + at, v128.bitselect(v128.load(a + at), v128.load(b + at), holds));
    } else {
      for (let j: usize = i; j < <usize>end; j++) {
        store<i32>(to + j * 4, load<u8>(condition + j) != 0 ? load<i32>(a + j * 4) : load<i32>(b + j * 4));
      }
    }
  }
}
