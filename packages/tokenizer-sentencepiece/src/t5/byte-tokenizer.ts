import type {
  DecodeOptions,
  DecodeStream,
  DetailedEncodeOptions,
  EncodeOptions,
  Encoding,
  SpecialIds,
  Tokenizer,
} from "@t5ts/tokenizer-bpe";
import { EncodingBuilder } from "../segmentation/encoding-builder.js";
import { findSpecial } from "./special-pieces.js";
import { characterLength } from "./utf8.js";
import { Utf8Stream } from "./utf8-stream.js";

export type ByteTokenizerOptions = {
  /** How many sentinels follow the bytes; 125 by default, which makes ByT5's 384 ids. */
  readonly extraIds?: number | undefined;
  /**
   * `hf` (the default): `<extra_id_0>` follows the bytes, and special pieces are found in text. `seqio`: `<extra_id_0>`
   * has the highest id, and a text is nothing but bytes; without extra ids the last 100 bytes are the sentinels.
   */
  readonly dialect?: "hf" | "seqio" | undefined;
  /** Whether `encode` writes the end mark; it does by default. */
  readonly marks?: "none" | "end" | undefined;
};

/** ByT5's vocabulary: pad 0, end 1, unknown 2, the byte `b` of UTF-8 is `b` + 3, then sentinels. */
export class ByteTokenizer implements Tokenizer {
  readonly vocabSize: number;
  readonly special: SpecialIds;
  readonly #options: Required<{ [K in keyof ByteTokenizerOptions]: NonNullable<ByteTokenizerOptions[K]> }>;
  readonly #specialIds: ReadonlyMap<string, number>;
  readonly #specialPieces: ReadonlyMap<number, string>;
  /** The special pieces that are found in text. */
  readonly #found: ReadonlyMap<string, number>;

  constructor({ extraIds = 125, dialect = "hf", marks = "end" }: ByteTokenizerOptions = {}) {
    if (!(Number.isInteger(extraIds) && extraIds >= 0 && extraIds <= MAX_EXTRA_IDS)) {
      throw new RangeError(`ByteTokenizer: extraIds: expected an integer from 0 to ${MAX_EXTRA_IDS}, got ${extraIds}`);
    }
    if (dialect !== "hf" && dialect !== "seqio") {
      throw new TypeError(`ByteTokenizer: dialect: expected "hf" or "seqio", got ${dialect}`);
    }
    if (marks !== "none" && marks !== "end") {
      throw new TypeError(`ByteTokenizer: marks: expected "none" or "end", got ${marks}`);
    }
    this.#options = { extraIds, dialect, marks };
    this.vocabSize = FIRST_BYTE + 256 + extraIds;
    const idOf = (i: number): number => (dialect === "hf" ? FIRST_BYTE + 256 + i : this.vocabSize - 1 - i);
    const sentinelCount = dialect === "seqio" && extraIds === 0 ? 100 : extraIds;
    const sentinels = Array.from({ length: sentinelCount }, (_, i) => idOf(i));
    this.special = { pad: 0, end: 1, unknown: 2, start: -1, mask: -1, sentinels };
    const names = sentinels.slice(0, extraIds).map((id, i) => [`<extra_id_${i}>`, id] as const);
    this.#specialIds = new Map([["<pad>", 0], ["</s>", 1], ["<unk>", 2], ...names]);
    this.#specialPieces = new Map([...this.#specialIds].map(([piece, id]) => [id, piece]));
    this.#found = dialect === "hf" ? this.#specialIds : new Map();
  }

  encode(text: string, { pair, addSpecialTokens = true }: EncodeOptions = {}): number[] {
    const ids: number[] = [];
    for (const each of pair === undefined ? [text] : [text, pair]) {
      for (const part of findSpecial(each, this.#found)) {
        if (part.id >= 0) ids.push(part.id);
        else for (const byte of ENCODER.encode(part.text)) ids.push(byte + FIRST_BYTE);
      }
      if (this.#options.marks === "end" && addSpecialTokens) ids.push(1);
    }
    return ids;
  }

  encodeDetailed(text: string, options: DetailedEncodeOptions = {}): Encoding {
    const builder = new EncodingBuilder();
    for (const [sequence, each] of [text, ...(options.pair === undefined ? [] : [options.pair])].entries()) {
      this.#addText(each, sequence as 0 | 1, builder, options.offsets ?? "utf16");
      if (this.#options.marks === "end" && options.addSpecialTokens !== false) builder.addMark(1, "</s>");
    }
    return builder.finish();
  }

  decode(ids: Iterable<number>, options: DecodeOptions = {}): string {
    const stream = this.decodeStream(options);
    let text = "";
    for (const id of ids) text += stream.push(id);
    return text + stream.end();
  }

  /** Bytes that spell no character print nothing. */
  decodeStream({ skipSpecialTokens = false }: DecodeOptions = {}): DecodeStream {
    const bytes = new Utf8Stream("");
    return {
      push: (id) => {
        if (id >= FIRST_BYTE && id < FIRST_BYTE + 256) return bytes.push(id - FIRST_BYTE);
        const piece = skipSpecialTokens ? undefined : this.#specialPieces.get(id);
        return piece === undefined ? "" : bytes.end() + piece;
      },
      end: () => bytes.end(),
    };
  }

  /** A byte's piece is the character with its number: `idOf("a")` is 100. */
  idOf(piece: string): number | undefined {
    const special = this.#specialIds.get(piece);
    if (special !== undefined) return special;
    const code = piece.length === 1 ? piece.charCodeAt(0) : 256;
    return code < 256 ? code + FIRST_BYTE : undefined;
  }

  pieceOf(id: number): string | undefined {
    if (id >= FIRST_BYTE && id < FIRST_BYTE + 256) return String.fromCharCode(id - FIRST_BYTE);
    return this.#specialPieces.get(id);
  }

  /** What `new ByteTokenizer` takes, with a type. */
  toJSON(): { readonly type: "Bytes" } & ByteTokenizerOptions {
    return { type: "Bytes", ...this.#options };
  }

  #addText(text: string, sequence: 0 | 1, builder: EncodingBuilder, counted: "utf16" | "code-points"): void {
    let place = 0;
    for (const part of findSpecial(text, this.#found)) {
      if (part.id >= 0) {
        const length = part.text.length; // names of specials are ASCII
        builder.nextWord();
        builder.add(part.id, part.text, place, place + length, sequence);
        builder.nextWord();
        place += length;
        continue;
      }
      const bytes = ENCODER.encode(part.text);
      for (let at = 0; at < bytes.length; ) {
        const next = at + characterLength(bytes[at]!);
        const end = place + (next - at === 4 && counted === "utf16" ? 2 : 1);
        if (bytes[at] === SPACE) builder.nextWord();
        for (; at < next; at++)
          builder.add(bytes[at]! + FIRST_BYTE, String.fromCharCode(bytes[at]!), place, end, sequence);
        place = end;
      }
    }
  }
}

const FIRST_BYTE = 3;

const SPACE = 0x20;

const ENCODER = new TextEncoder();

const MAX_EXTRA_IDS = 1 << 16;
