/**
 * Finds the known name that a misspelt one may stand for, or undefined if none is near: at most a third of its letters are
 * inserted, left out, changed or swapped with their neighbour. Case and `_` don't count.
 */
export function closestName(name: string, known: readonly string[]): string | undefined {
  let closest: string | undefined;
  let least = Math.max(2, Math.floor(name.length / 3)) + 1;
  for (const candidate of known) {
    const distance = editDistance(plain(name), plain(candidate));
    if (distance < least) [closest, least] = [candidate, distance];
  }
  return closest;
}

/** Gives the end of a message about an unknown name: `; did you mean "d_model"?`, or nothing if none is near. */
export function suggest(closest: string | undefined): string {
  return closest === undefined ? "" : `; did you mean "${closest}"?`;
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll("_", "");
}

/** Damerau-Levenshtein, each substring edited once at most. */
function editDistance(a: string, b: string): number {
  // Names that a file made up may be long; what is far longer than the other is far from it.
  if (Math.abs(a.length - b.length) > Math.max(2, a.length / 3)) return Number.POSITIVE_INFINITY;
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1;
      let distance = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + change);
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (isSwap) distance = Math.min(distance, before[j - 2]! + 1);
      row.push(distance);
    }
    [before, last] = [last, row];
  }
  return last[b.length]!;
}
