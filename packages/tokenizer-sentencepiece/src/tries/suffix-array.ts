/**
 * The places in `text`, ordered by what of the text begins there.
 *
 * Induced sorting in linear time: the suffixes that begin where the text turns from falling to rising are sorted first,
 * by this same function if need be; the others follow from them. Nong, Zhang & Chan 2009.
 *
 * @param alphabetSize The numbers in `text` are below it.
 */
export function suffixArray(text: Int32Array, alphabetSize: number): Int32Array {
  const length = text.length;
  if (length < 2) return new Int32Array(length);

  // A suffix rises if it's smaller than the one that begins one place later. The last falls.
  const rises = new Uint8Array(length);
  for (let i = length - 2; i >= 0; i--) {
    rises[i] = text[i] === text[i + 1] ? rises[i + 1]! : text[i]! < text[i + 1]! ? 1 : 0;
  }
  const isTurn = (i: number): boolean => i > 0 && rises[i] === 1 && rises[i - 1] === 0;
  const buckets = countBuckets(text, rises, alphabetSize);
  const sorted = new Int32Array(length);

  let turnCount = 0;
  for (let i = 1; i < length; i++) if (isTurn(i)) turnCount++;
  const turns = new Int32Array(turnCount);
  for (let i = 1, count = 0; i < length; i++) if (isTurn(i)) turns[count++] = i;

  induce(text, rises, buckets, turns, sorted);
  if (turnCount > 1) {
    const names = nameTurns(text, turns, sorted, isTurn);
    if (names.count < turnCount) {
      const order = suffixArray(names.text, names.count);
      induce(
        text,
        rises,
        buckets,
        order.map((i) => turns[i]!),
        sorted,
      );
    } // else all differ, and the first round has sorted them
    else induce(text, rises, buckets, sorted.filter(isTurn), sorted);
  }
  return sorted;
}

/** For each number, where the falling and the rising suffixes that begin with it go. */
type Buckets = { readonly falling: Int32Array; readonly rising: Int32Array; readonly ends: Int32Array };

function countBuckets(text: Int32Array, rises: Uint8Array, alphabetSize: number): Buckets {
  const falling = new Int32Array(alphabetSize);
  const rising = new Int32Array(alphabetSize);
  const ends = new Int32Array(alphabetSize);
  for (let i = 0; i < text.length; i++) {
    ends[text[i]!]!++;
    if (rises[i] === 0) rising[text[i]!]!++; // for now: how many fall, which come before those that rise
  }
  let start = 0;
  for (let c = 0; c < alphabetSize; c++) {
    falling[c] = start;
    rising[c]! += start;
    ends[c]! += start;
    start = ends[c]!;
  }
  return { falling, rising, ends };
}

/** Sorts all suffixes into `sorted`, given the turns in their order, or sorts the turns by what reaches to the next one. */
function induce(text: Int32Array, rises: Uint8Array, buckets: Buckets, turns: Int32Array, sorted: Int32Array): void {
  const length = text.length;
  sorted.fill(-1);
  const rising = buckets.rising.slice();
  for (const turn of turns) sorted[rising[text[turn]!]!++] = turn;
  const falling = buckets.falling.slice();
  sorted[falling[text[length - 1]!]!++] = length - 1;
  for (let i = 0; i < length; i++) {
    const before = sorted[i]! - 1;
    if (before >= 0 && rises[before] === 0) sorted[falling[text[before]!]!++] = before;
  }
  const ends = buckets.ends.slice();
  for (let i = length - 1; i >= 0; i--) {
    const before = sorted[i]! - 1;
    if (before >= 0 && rises[before] === 1) sorted[--ends[text[before]!]!] = before;
  }
}

/** The text of the turns: for each, the number of what stands from it to the next among all that differ. */
function nameTurns(
  text: Int32Array,
  turns: Int32Array,
  sorted: Int32Array,
  isTurn: (i: number) => boolean,
): { text: Int32Array; count: number } {
  const length = text.length;
  const numbers = new Int32Array(length).fill(-1); // of each turn in the text
  for (const [i, turn] of turns.entries()) numbers[turn] = i;
  const names = new Int32Array(turns.length);
  let name = -1;
  let last = -1;
  for (const place of sorted) {
    if (place < 0 || numbers[place]! < 0) continue;
    if (last < 0 || !isSameStretch(text, last, place, isTurn)) name++;
    names[numbers[place]!] = name;
    last = place;
  }
  return { text: names, count: name + 1 };
}

function isSameStretch(text: Int32Array, a: number, b: number, isTurn: (i: number) => boolean): boolean {
  for (let i = 0; ; i++) {
    if (a + i >= text.length || b + i >= text.length || text[a + i] !== text[b + i]) return false;
    if (i > 0) {
      const endsA = isTurn(a + i);
      const endsB = isTurn(b + i);
      if (endsA || endsB) return endsA && endsB;
    }
  }
}

/** Calls `visit` with every stretch that occurs more than once and can't be made longer at its end without losing an occurrence. */
export function eachRepeat(
  text: Int32Array,
  sorted: Int32Array,
  visit: (start: number, length: number, count: number) => void,
): void {
  const common = commonPrefixes(text, sorted);
  // Stretches that are still going on: their length, and where in `sorted` they began.
  const lengths: number[] = [];
  const lefts: number[] = [];
  for (let i = 1; i <= text.length; i++) {
    const length = i < text.length ? common[i]! : 0;
    let left = i - 1;
    while (lengths.length > 0 && lengths.at(-1)! > length) {
      left = lefts.pop()!;
      visit(sorted[left]!, lengths.pop()!, i - left);
    }
    if (length > 0 && (lengths.at(-1) ?? 0) < length) {
      lengths.push(length);
      lefts.push(left);
    }
  }
}

/** How much each suffix has in common with the one before it in the order. Kasai et al. 2001. */
function commonPrefixes(text: Int32Array, sorted: Int32Array): Int32Array {
  const length = text.length;
  const ranks = new Int32Array(length);
  for (let i = 0; i < length; i++) ranks[sorted[i]!] = i;
  const common = new Int32Array(length);
  let same = 0;
  for (let i = 0; i < length; i++) {
    const rank = ranks[i]!;
    if (rank === 0) {
      same = 0;
      continue;
    }
    const j = sorted[rank - 1]!;
    while (i + same < length && j + same < length && text[i + same] === text[j + same]) same++;
    common[rank] = same;
    if (same > 0) same--;
  }
  return common;
}
