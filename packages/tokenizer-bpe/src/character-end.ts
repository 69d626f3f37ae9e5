/** Where the character that begins at unit `start` ends: one unit on, or two. */
export function characterEnd(text: string, start: number): number {
  const unit = text.charCodeAt(start);
  // Most units aren't the first half of a pair, and asking for the code point takes twice as long.
  return unit < 0xd800 || unit > 0xdbff || text.codePointAt(start)! < 0x10000 ? start + 1 : start + 2;
}
