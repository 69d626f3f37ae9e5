/** As `replaceAll`, but faster for one unit by one other: V8 makes that a rope, with two knots at each place. */
export function replaceText(text: string, from: string, to: string): string {
  if (!text.includes(from)) return text;
  if (from.length !== 1 || to.length !== 1 || text.length < SHORT) return text.replaceAll(from, () => to);
  const [old, replacement] = [from.charCodeAt(0), to.charCodeAt(0)];
  const units = new Uint16Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    units[i] = unit === old ? replacement : unit;
  }
  return textOfUnits(units);
}

/** A rope of so few knots costs less than the arrays. */
const SHORT = 64;

/** The text of UTF-16 units. */
export function textOfUnits(units: Uint16Array): string {
  let text = "";
  // Engines limit the number of arguments; this many pass everywhere. Spreading them would take 10 times as long.
  for (let i = 0; i < units.length; i += 8192) {
    text += String.fromCharCode.apply(null, units.subarray(i, i + 8192) as unknown as number[]);
  }
  return text;
}
