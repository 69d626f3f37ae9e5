import { gemm } from "./gemm";

/** A native library's product with the arguments of `gemm`, from the host. */
// @ts-ignore: decorator
@external("env", "sgemm")
declare function sgemm(
  transposeA: bool, transposeB: bool, m: i32, n: i32, k: i32,
  a: usize, lda: usize, b: usize, ldb: usize, c: usize, ldc: usize, accumulate: bool,
): void;

let hasSgemm: bool = false;

/** From now on this thread's large products inside of kernels go to the library. */
export function useSgemm(): void {
  hasSgemm = true;
}

/** Below so many multiplications, or rows or columns, a call of the library takes longer. */
const SGEMM_WORK: i32 = 16384;
const SGEMM_ROWS: i32 = 12;

/** c [m, n] = or += op(a) [m, k] · op(b) [k, n], on the calling thread. */
export function product(
  transposeA: bool, transposeB: bool, m: i32, n: i32, k: i32,
  a: usize, lda: usize, b: usize, ldb: usize, c: usize, ldc: usize, accumulate: bool,
): void {
  if (hasSgemm && m >= SGEMM_ROWS && n >= SGEMM_ROWS && m * n * k >= SGEMM_WORK) {
    sgemm(transposeA, transposeB, m, n, k, a, lda, b, ldb, c, ldc, accumulate);
  } else {
    gemm(transposeA, transposeB, m, n, k, a, lda, b, ldb, c, ldc, accumulate);
  }
}
