import type { Encoding } from "@t5ts/tokenizer-bpe";

/** Collects the pieces of an encoding. */
export class EncodingBuilder {
  readonly #encoding: Encoding = {
    ids: [],
    pieces: [],
    offsets: [],
    wordIds: [],
    sequenceIds: [],
    typeIds: [],
    attentionMask: [],
    specialTokensMask: [],
  };
  #word = 0;
  #sequence: 0 | 1 = 0;
  #isWordEmpty = true;

  add(id: number, piece: string, start: number, end: number, sequence: 0 | 1, typeId = 0): void {
    if (sequence !== this.#sequence) {
      this.#sequence = sequence;
      this.#word = 0;
    }
    this.#isWordEmpty = false;
    this.#push(id, piece, [start, end], this.#word, sequence, typeId, 0);
  }

  /** What follows is another word, unless nothing came since this was said last. */
  nextWord(): void {
    if (!this.#isWordEmpty) this.#word++;
    this.#isWordEmpty = true;
  }

  /** Adds what isn't in the text. */
  addMark(id: number, piece: string, typeId = 0): void {
    this.#push(id, piece, [0, 0], null, null, typeId, 1);
  }

  /** The ids up to now. */
  get ids(): readonly number[] {
    return this.#encoding.ids;
  }

  finish(): Encoding {
    return this.#encoding;
  }

  #push(
    id: number,
    piece: string,
    offset: [number, number],
    word: number | null,
    sequence: number | null,
    typeId: number,
    special: number,
  ): void {
    const encoding = this.#encoding;
    encoding.ids.push(id);
    encoding.pieces.push(piece);
    encoding.offsets.push(offset);
    encoding.wordIds.push(word);
    encoding.sequenceIds.push(sequence);
    encoding.typeIds.push(typeId);
    encoding.attentionMask.push(1);
    encoding.specialTokensMask.push(special);
  }
}
