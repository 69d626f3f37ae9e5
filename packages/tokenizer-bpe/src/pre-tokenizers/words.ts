import { type AlignedText, joinTexts, sliceText } from "../aligned-text.js";

/** A text and the words in it: start and end of each, in units of `text`, one after the other. */
export type Words = { readonly text: AlignedText; readonly bounds: number[] };

/** Appends start and end of the words in `text[start, end)` to `bounds`; may stop after some, and returns how far it got. */
export type Cutter = (text: string, start: number, end: number, bounds: number[]) => number;

/** A stage of pre-tokenizing: it changes the text of each word by itself, or cuts words into smaller ones. */
export type Stage = { readonly change: (text: AlignedText) => AlignedText } | { readonly cut: Cutter };

/**
 * A cutter may stop after so many numbers. Words then go to the model while they're in the processor's cache, and long
 * texts need no long lists.
 */
export const MAX_BOUNDS = 4096;

/** What changes texts first, then what cuts them. */
export type PreTokenizer = { readonly prepare: (text: AlignedText) => Words; readonly cut: Cutter };

export function sequence(stages: readonly Stage[]): PreTokenizer {
  const cutters = stages
    .slice(stages.findLastIndex((stage) => "change" in stage) + 1)
    .map((stage) => (stage as { cut: Cutter }).cut);
  const others = stages.slice(0, stages.length - cutters.length);
  return {
    prepare: (text) => others.reduce(run, { text, bounds: text.text === "" ? [] : [0, text.text.length] }),
    cut: cutters.length === 0 ? keepWhole : cutters.reduce(cutAgain),
  };
}

/** Cuts prepared words, and hands on as many at a time as is good; `bounds` is used again after. */
export function eachBatch(words: Words, cut: Cutter, use: (bounds: readonly number[]) => void): void {
  const bounds: number[] = [];
  for (let i = 0; i < words.bounds.length; i += 2) {
    for (let at = words.bounds[i]!, end = words.bounds[i + 1]!; at < end; ) {
      at = cut(words.text.text, at, end, bounds);
      if (bounds.length < MAX_BOUNDS) continue;
      use(bounds);
      bounds.length = 0;
    }
  }
  use(bounds);
}

function run(words: Words, stage: Stage): Words {
  if ("change" in stage) return changeEach(words, stage.change);
  const bounds: number[] = [];
  for (let i = 0; i < words.bounds.length; i += 2)
    cutAll(stage.cut, words.text.text, words.bounds[i]!, words.bounds[i + 1]!, bounds);
  return { text: words.text, bounds };
}

function keepWhole(_text: string, start: number, end: number, bounds: number[]): number {
  bounds.push(start, end);
  return end;
}

function cutAgain(first: Cutter, second: Cutter): Cutter {
  return (text, start, end, bounds) => {
    const words: number[] = [];
    const to = first(text, start, end, words);
    for (let i = 0; i < words.length; i += 2) cutAll(second, text, words[i]!, words[i + 1]!, bounds);
    return to;
  };
}

function cutAll(cut: Cutter, text: string, start: number, end: number, bounds: number[]): void {
  for (let at = start; at < end; ) at = cut(text, at, end, bounds);
}

function changeEach(words: Words, change: (text: AlignedText) => AlignedText): Words {
  const pieces: AlignedText[] = [];
  const bounds: number[] = [];
  let length = 0;
  for (let i = 0; i < words.bounds.length; i += 2) {
    const piece = change(sliceText(words.text, words.bounds[i]!, words.bounds[i + 1]!));
    pieces.push(piece);
    bounds.push(length, (length += piece.text.length));
  }
  return { text: pieces.length === 0 ? words.text : joinTexts(pieces), bounds };
}
