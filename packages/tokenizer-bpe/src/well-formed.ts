/** `text` with U+FFFD for every half of a surrogate pair that stands alone: such a half has no UTF-8. */
export function wellFormed(text: string): string {
  const native = text as string & { toWellFormed?(): string }; // ES2024
  return native.toWellFormed?.() ?? text.replace(/\p{Surrogate}/gu, "\ufffd");
}
