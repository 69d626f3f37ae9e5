import type { Encoding } from "./encoding.js";

/** Text to ids and back: what every tokenizer of the family does, whatever its algorithm. */
export interface Tokenizer {
  /** How many ids there are: all are below it. */
  readonly vocabSize: number;
  readonly special: SpecialIds;
  /** The ids of a text, with the marks of its start and end if the tokenizer writes any. */
  encode(text: string, options?: EncodeOptions): number[];
  /** As `encode`, with pieces, offsets, word numbers and masks. */
  encodeDetailed(text: string, options?: DetailedEncodeOptions): Encoding;
  /** The text of ids. An id that isn't in the vocabulary stands for nothing. */
  decode(ids: Iterable<number>, options?: DecodeOptions): string;
  /** Decodes ids one by one, as a model generates them. */
  decodeStream(options?: DecodeOptions): DecodeStream;
  /** The id of a piece as the vocabulary writes it, if it has it. */
  idOf(piece: string): number | undefined;
  /** The piece of an id as the vocabulary writes it. */
  pieceOf(id: number): string | undefined;
  /** What a file must hold for the tokenizer to be loaded again. */
  toJSON(): object;
}

/** The ids with a meaning to a model; -1 for one that the vocabulary lacks. */
export type SpecialIds = {
  readonly pad: number;
  readonly end: number;
  readonly unknown: number;
  readonly start: number;
  readonly mask: number;
  /** `sentinels[i]` is the id of `<extra_id_i>`; T5 gives the first the highest id. */
  readonly sentinels: readonly number[];
};

export type EncodeOptions = {
  /** A second text, put after the first as the tokenizer's template says. */
  readonly pair?: string | undefined;
  /** Whether the template's marks are written; they are unless this is false. */
  readonly addSpecialTokens?: boolean | undefined;
};

export type DetailedEncodeOptions = EncodeOptions & {
  /** What offsets count: UTF-16 units, so that `text.slice(start, end)` is the token's text, or code points. Units by default. */
  readonly offsets?: "utf16" | "code-points" | undefined;
};

export type DecodeOptions = {
  /** Whether ids of special tokens print nothing; false by default. */
  readonly skipSpecialTokens?: boolean | undefined;
};

/** Text out of ids that come one by one: never a part of a character, and joined it's what `decode` gives. */
export type DecodeStream = {
  /** The text that is certain now that `id` is here; often empty. */
  push(id: number): string;
  /** The rest, with U+FFFD for a character that was left unfinished. */
  end(): string;
};
