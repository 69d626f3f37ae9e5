/**
 * A text and, for each of its UTF-16 units, the range of the original text it stands for.
 *
 * Without `starts` and `ends` nothing was asked about the origin: stages then only compute the text.
 */
export type AlignedText = {
  readonly text: string;
  /** Where the first unit comes from, when there's no alignment: the text then is a piece of the original, or its origin doesn't matter. */
  readonly offset: number;
  readonly starts?: Int32Array;
  readonly ends?: Int32Array;
};

/** `text`, which begins at `offset` of the original, aligned with itself: both halves of a surrogate pair have the pair's range. */
export function alignText(text: string, offset: number): AlignedText {
  const starts = new Int32Array(text.length);
  const ends = new Int32Array(text.length);
  for (let i = 0; i < text.length; ) {
    const next = i + (text.codePointAt(i)! > 0xffff ? 2 : 1);
    starts.fill(offset + i, i, next);
    ends.fill(offset + next, i, next);
    i = next;
  }
  return { text, offset, starts, ends };
}

/** The units from `start` to `end`. */
export function sliceText(input: AlignedText, start: number, end: number): AlignedText {
  if (start === 0 && end === input.text.length) return input;
  const text = input.text.slice(start, end);
  const { starts, ends } = input;
  if (starts === undefined || ends === undefined) return { text, offset: input.offset + start };
  return { text, offset: input.offset, starts: starts.subarray(start, end), ends: ends.subarray(start, end) };
}

/** Where unit `index` of a text begins in the original. */
export function originStart(input: AlignedText, index: number): number {
  return input.starts === undefined ? input.offset + index : input.starts[index]!;
}

/** Where unit `index` of a text ends in the original. */
export function originEnd(input: AlignedText, index: number): number {
  return input.ends === undefined ? input.offset + index + 1 : input.ends[index]!;
}

/** `content`, standing for what the first character does, and `input`, which isn't empty. */
export function prependText(content: string, input: AlignedText): AlignedText {
  const rewriter = new TextRewriter(input);
  rewriter.put(content, 0);
  rewriter.keep(0, input.text.length);
  return rewriter.finish();
}

/** Builds a changed text from the start to the end, and its alignment if the input has one. */
export class TextRewriter {
  readonly #input: AlignedText;
  readonly #parts: string[] = [];
  readonly #origins: number[] = []; // for each new unit, the unit of the input whose range it takes

  constructor(input: AlignedText) {
    this.#input = input;
  }

  /** Takes over the units from `start` to `end`. */
  keep(start: number, end: number): void {
    if (start === end) return;
    this.#parts.push(this.#input.text.slice(start, end));
    if (this.#input.starts !== undefined) for (let i = start; i < end; i++) this.#origins.push(i);
  }

  /** Writes `text`, which stands for what unit `origin` stands for. */
  put(text: string, origin: number): void {
    this.#parts.push(text);
    if (this.#input.starts !== undefined) for (let i = 0; i < text.length; i++) this.#origins.push(origin);
  }

  finish(): AlignedText {
    const text = this.#parts.join("");
    const { offset, starts, ends } = this.#input;
    if (starts === undefined || ends === undefined) return { text, offset };
    const origins = this.#origins;
    return {
      text,
      offset,
      starts: Int32Array.from(origins, (i) => starts[i]!),
      ends: Int32Array.from(origins, (i) => ends[i]!),
    };
  }
}
