import type { Pattern } from "../pattern.js";
import type { Cutter, Stage } from "./words.js";

/** What becomes of what a pattern finds: it's dropped, a word of its own, or goes with its neighbour or its like. */
export type SplitBehavior = (typeof SPLIT_BEHAVIORS)[number];

export const SPLIT_BEHAVIORS = ["Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous"] as const;

/** Cuts at what the pattern finds; `invert` cuts at what it doesn't find. */
export function split(pattern: Pattern, behavior: SplitBehavior, invert = false): Stage {
  if (pattern.cut !== undefined && behavior === "Isolated") return { cut: pattern.cut };
  const cut: Cutter = (text, start, end, bounds) => {
    const spans: number[] = [];
    pattern.find(text, start, end, spans);
    // All pieces in their order, found or between: start, end, and 1 for those to cut at.
    const pieces: number[] = [];
    let at = start;
    for (let i = 0; i < spans.length; i += 2) {
      if (at < spans[i]!) pieces.push(at, spans[i]!, invert ? 1 : 0);
      at = spans[i + 1]!;
      pieces.push(spans[i]!, at, invert ? 0 : 1);
    }
    if (at < end) pieces.push(at, end, invert ? 1 : 0);
    join(pieces, behavior, bounds);
    return end;
  };
  return { cut };
}

function join(pieces: readonly number[], behavior: SplitBehavior, bounds: number[]): void {
  const isJoined = (isCut: number, isNextCut: number | undefined): boolean =>
    behavior === "Contiguous"
      ? isCut === isNextCut
      : isNextCut === 1 - isCut && behavior === (isCut === 1 ? "MergedWithNext" : "MergedWithPrevious");
  let start = pieces[0]!;
  for (let i = 0; i < pieces.length; i += 3) {
    const end = pieces[i + 1]!;
    const isCut = pieces[i + 2]!;
    if (isJoined(isCut, pieces[i + 5])) continue;
    if (end > start && !(behavior === "Removed" && isCut === 1)) bounds.push(start, end);
    start = end;
  }
}
