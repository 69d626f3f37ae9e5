/**
 * The edits that turn `predicted` into `wanted`, where moving a run of words costs as much as one word.
 *
 * The fewest are hard to find, so moves are chosen greedily, as Tercom does: of all runs that stand elsewhere in the
 * reference the move that saves most, until none saves anything.
 *
 * Snover et al. 2006, section 2; limits and order of preference as in sacrebleu.
 */
export function countEditsWithShifts(predicted: readonly string[], wanted: readonly string[]): number {
  if (wanted.length === 0) return predicted.length;
  let words = predicted;
  let shifts = 0;
  for (let tried = 0; ; ) {
    const best = bestShift(words, wanted, MAX_TRIED - tried);
    tried += best.tried;
    // Past the limit the last round counts for nothing, as in the reference.
    if (tried >= MAX_TRIED || best.saved <= 0) return shifts + alignWords(words, wanted).edits;
    shifts++;
    words = best.words;
  }
}

const MAX_TRIED = 1000;
const MAX_RUN = 10;
const MAX_DISTANCE = 50;
const BEAM_WIDTH = 25;

/** A run of words of the prediction that stands in the reference, at another or the same place. */
type Run = { start: number; target: number; length: number };

type Shift = { saved: number; words: readonly string[]; tried: number };

/** The move that saves most; of equal ones the longest, then the one from furthest left, then the one to there. */
function bestShift(words: readonly string[], wanted: readonly string[], mayTry: number): Shift {
  const { edits, places, isWrong, isMissed } = alignWords(words, wanted);
  let best: Shift & { order: readonly number[] } = { saved: 0, words, tried: 0, order: [] };
  let tried = 0;
  for (const { start, target, length } of commonRuns(words, wanted)) {
    // Only words that are wrong where they are, to where words are missed, and not to within the run itself.
    if (!isWrong.slice(start, start + length).includes(true)) continue;
    if (!isMissed.slice(target, target + length).includes(true)) continue;
    if (places[target]! >= start && places[target]! < start + length) continue;
    let last = -1;
    for (let offset = -1; offset < length; offset++) {
      const to = target + offset < 0 ? 0 : places[target + offset]! + 1;
      if (to === last) continue;
      last = to;
      const shifted = moveRun(words, start, length, to);
      const saved = edits - alignWords(shifted, wanted).edits;
      const order = [saved, length, -start, -to];
      if (tried === 0 || isGreater(order, best.order)) best = { saved, words: shifted, tried, order };
      tried++;
    }
    if (tried >= mayTry) break;
  }
  return { saved: best.saved, words: best.words, tried };
}

function isGreater(a: readonly number[], b: readonly number[]): boolean {
  const first = a.findIndex((value, i) => value !== b[i]);
  return first >= 0 && a[first]! > b[first]!;
}

function* commonRuns(words: readonly string[], wanted: readonly string[]): Generator<Run> {
  for (let start = 0; start < words.length; start++) {
    const from = Math.max(0, start - MAX_DISTANCE);
    const to = Math.min(wanted.length - 1, start + MAX_DISTANCE);
    for (let target = from; target <= to; target++) {
      for (let length = 1; length <= MAX_RUN; length++) {
        const word = words[start + length - 1];
        if (word === undefined || word !== wanted[target + length - 1]) break;
        yield { start, target, length };
      }
    }
  }
}

/** Moves a run to before the word that is at `to` now; within itself, as many words further on. */
function moveRun(words: readonly string[], start: number, length: number, to: number): string[] {
  const run = words.slice(start, start + length);
  const rest = [...words.slice(0, start), ...words.slice(start + length)];
  const place = to < start ? to : to > start + length ? to - length : to;
  return [...rest.slice(0, place), ...run, ...rest.slice(place)];
}

type Alignment = {
  edits: number;
  /** For each word of the reference the place in the prediction that it is aligned with, or that is before it. */
  places: number[];
  /** Whether each word of the prediction takes part in an edit. */
  isWrong: boolean[];
  /** Whether each word of the reference does. */
  isMissed: boolean[];
};

const [MATCH, SUBSTITUTION, DELETION, INSERTION] = [0, 1, 2, 3];

/** Word by word, with insertions, deletions and substitutions, near the diagonal: longer ways round aren't looked at. */
function alignWords(words: readonly string[], wanted: readonly string[]): Alignment {
  const width = wanted.length + 1;
  const costs = new Int32Array((words.length + 1) * width).fill(UNREACHED);
  const steps = new Uint8Array(costs.length);
  for (let j = 0; j < width; j++) {
    costs[j] = j;
    steps[j] = INSERTION;
  }
  const ratio = words.length > 0 ? wanted.length / words.length : 1;
  const beam = BEAM_WIDTH < ratio / 2 ? Math.ceil(ratio / 2 + BEAM_WIDTH) : BEAM_WIDTH;
  for (let i = 1; i <= words.length; i++) {
    const diagonal = Math.floor(i * ratio);
    const end = i === words.length ? width : Math.min(width, diagonal + beam);
    for (let j = Math.max(0, diagonal - beam); j < end; j++) {
      const here = i * width + j;
      const above = here - width;
      const isEqual = words[i - 1] === wanted[j - 1];
      let cost = UNREACHED;
      let step = DELETION;
      if (j > 0) {
        cost = costs[above - 1]! + (isEqual ? 0 : 1);
        step = isEqual ? MATCH : SUBSTITUTION;
      }
      if (costs[above]! + 1 < cost) {
        cost = costs[above]! + 1;
        step = DELETION;
      }
      if (j > 0 && costs[here - 1]! + 1 < cost) {
        cost = costs[here - 1]! + 1;
        step = INSERTION;
      }
      costs[here] = cost;
      steps[here] = step;
    }
  }
  return { edits: costs.at(-1)!, ...readBack(steps, words.length, wanted.length) };
}

const UNREACHED = 2 ** 29;

function readBack(steps: Uint8Array, wordCount: number, wantedCount: number): Omit<Alignment, "edits"> {
  const places = new Array<number>(wantedCount);
  const isWrong = new Array<boolean>(wordCount).fill(true);
  const isMissed = new Array<boolean>(wantedCount).fill(true);
  for (let i = wordCount, j = wantedCount; i > 0 || j > 0; ) {
    const step = steps[i * (wantedCount + 1) + j];
    if (step === DELETION) i--;
    else if (step === INSERTION) places[--j] = i - 1;
    else {
      places[--j] = --i;
      isWrong[i] = isMissed[j] = step !== MATCH;
    }
  }
  return { places, isWrong, isMissed };
}
