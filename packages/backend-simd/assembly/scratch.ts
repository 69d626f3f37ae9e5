/** Memory of the calling thread alone, for packed panels and rows; and the thread's number, from 0. */
export let scratch: usize = 0;
export let thread: i32 = 0;

/** Called once in each thread's instance of this module, before any kernel. */
export function initThread(number: i32, pointer: usize): void {
  thread = number;
  scratch = pointer;
}
