/** A part of a text: a special piece with its id, or what lies between (id -1). */
export type SpecialPart = { readonly text: string; readonly id: number };

/** Cuts special pieces out of a text, the leftmost first and the longest of those that begin at the same place. */
export function findSpecial(text: string, specials: ReadonlyMap<string, number>): SpecialPart[] {
  const parts: SpecialPart[] = [];
  const add = (part: string, id: number): void => {
    if (part !== "") parts.push({ text: part, id });
  };
  let at = 0;
  for (const match of specials.size === 0 ? [] : text.matchAll(patternOf(specials))) {
    add(text.slice(at, match.index), -1);
    add(match[0], specials.get(match[0])!);
    at = match.index + match[0].length;
  }
  add(text.slice(at), -1);
  return parts;
}

const patterns = new WeakMap<ReadonlyMap<string, number>, RegExp>();

function patternOf(specials: ReadonlyMap<string, number>): RegExp {
  let pattern = patterns.get(specials);
  if (pattern === undefined) {
    const names = [...specials.keys()].sort((a, b) => b.length - a.length);
    pattern = new RegExp(names.map((name) => name.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&")).join("|"), "g");
    patterns.set(specials, pattern);
  }
  return pattern;
}
