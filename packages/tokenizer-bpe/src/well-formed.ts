/** `text` with U+FFFD for every half of a surrogate pair that stands alone: such a half has no UTF-8. */
export function wellFormed(text: string): string {
  return (text as string & { toWellFormed(): string }).toWellFormed(); // ES2024, in Node 20 and all browsers since 2023
}
