/** What JSON can say. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** The path of the first difference between two values and what stands there, or undefined if they say the same. */
export function firstDifference(
  a: Json | undefined,
  b: Json | undefined,
  path: string,
): { path: string; a: Json | undefined; b: Json | undefined } | undefined {
  if (isContainer(a) && isContainer(b) && Array.isArray(a) === Array.isArray(b)) {
    const [first, second] = [a, b] as { [name: string]: Json }[];
    for (const name of new Set([...Object.keys(first!), ...Object.keys(second!)])) {
      const difference = firstDifference(first![name], second![name], `${path}.${name}`);
      if (difference) return difference;
    }
    return undefined;
  }
  return a === b ? undefined : { path, a, b };
}

function isContainer(value: Json | undefined): value is readonly Json[] | { readonly [name: string]: Json } {
  return typeof value === "object" && value !== null;
}
