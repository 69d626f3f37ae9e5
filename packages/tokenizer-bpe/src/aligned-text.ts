import { grown } from "./word-table.js";

/**
 * A text and, for each of its UTF-16 units, where the character of the original that it stands for begins.
 *
 * Without `origins` nothing was asked about the original: stages then only compute the text.
 */
export type AlignedText = {
  readonly text: string;
  /** Where the text begins in the original. */
  readonly offset: number;
  readonly origins?: Int32Array | undefined;
};

/** `text`, which begins at `offset` of the original, aligned with itself. */
export function alignText(text: string, offset: number): AlignedText {
  const origins = new Int32Array(text.length);
  // The second half of a pair stands for the whole character, as the first does.
  for (let i = 0; i < text.length; i++) origins[i] = offset + (i > 0 && text.codePointAt(i - 1)! > 0xffff ? i - 1 : i);
  return { text, offset, origins };
}

/** The units from `start` to `end`. */
export function sliceText({ text, offset, origins }: AlignedText, start: number, end: number): AlignedText {
  return { text: text.slice(start, end), offset: offset + start, origins: origins?.subarray(start, end) };
}

/** Where what unit `index` stands for begins in the original. */
export function originOf({ offset, origins }: AlignedText, index: number): number {
  return origins === undefined ? offset + index : origins[index]!;
}

/** Texts one after the other. */
export function joinTexts(pieces: readonly AlignedText[]): AlignedText {
  const first = pieces[0]!;
  if (pieces.length === 1) return first;
  const text = pieces.map((piece) => piece.text).join("");
  if (first.origins === undefined) return { text, offset: first.offset };
  const origins = new Int32Array(text.length);
  let at = 0;
  for (const piece of pieces) {
    origins.set(piece.origins!, at);
    at += piece.text.length;
  }
  return { text, offset: first.offset, origins };
}

/** `content`, standing for what the first character does, and `input`, which isn't empty. */
export function prependText(content: string, input: AlignedText): AlignedText {
  const rewriter = new TextRewriter(input);
  rewriter.put(content, 0);
  rewriter.keep(0, input.text.length);
  return rewriter.finish();
}

/** Every character changed by itself. */
export function changeCharacters(input: AlignedText, change: (character: string) => string): AlignedText {
  const rewriter = new TextRewriter(input);
  let at = 0;
  for (const character of input.text) {
    rewriter.put(change(character), at);
    at += character.length;
  }
  return rewriter.finish();
}

/** Builds a changed text from the start to the end, and its alignment if the input has one. */
export class TextRewriter {
  readonly #input: AlignedText;
  #origins: Int32Array | undefined;
  #text = "";

  constructor(input: AlignedText) {
    this.#input = input;
    this.#origins = input.origins?.slice();
  }

  /** Takes over the units from `start` to `end`. */
  keep(start: number, end: number): void {
    this.#write(this.#input.text.slice(start, end), start, 1);
  }

  /** Writes `text`, which stands for what unit `at` stands for. */
  put(text: string, at: number): void {
    this.#write(text, at, 0);
  }

  finish(): AlignedText {
    return { text: this.#text, offset: this.#input.offset, origins: this.#origins?.slice(0, this.#text.length) };
  }

  /** The first unit stands for what unit `at` does, each other for what is `step` units further. */
  #write(text: string, at: number, step: 0 | 1): void {
    const from = this.#text.length;
    this.#text += text;
    if (this.#origins === undefined) return;
    const to = this.#text.length;
    if (to > this.#origins.length) this.#origins = grown(this.#origins, new Int32Array(to * 2));
    for (let i = from; i < to; i++, at += step) this.#origins[i] = this.#input.origins![at]!;
  }
}
