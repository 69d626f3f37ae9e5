import {
  type AddedToken,
  AddedTokenFinder,
  type AlignedText,
  alignText,
  countCodePoints,
  type DecodeOptions,
  type DecodeStream,
  type DetailedEncodeOptions,
  type EncodeOptions,
  type Encoding,
  eachBatch,
  encodeMarks,
  joinEncodings,
  openDecodeStream,
  originOf,
  type SpecialIds,
  sliceText,
  type TemplatePart,
  type Tokenizer,
  wellFormed,
} from "@t5ts/tokenizer-bpe";
import { cleanUpSpaces, cleanUpStream } from "./normalization/clean-up-spaces.js";
import { UnigramWords } from "./segmentation/unigram-words.js";
import type { ParsedUnigram, UnigramJson } from "./unigram-json.js";

/** What a text is cut into first: normalized text, or a token found in it. */
type Chunk =
  | AlignedText
  | { readonly id: number; readonly start: number; readonly end: number; readonly matched: string };

/**
 * A tokenizer.json with a unigram model: what Hugging Face's `tokenizers` does with it.
 *
 * Made by `loadUnigram` or `loadT5Tokenizer`. Halves of surrogate pairs that stand alone are encoded as U+FFFD.
 */
export class UnigramTokenizer implements Tokenizer {
  readonly vocabSize: number;
  readonly special: SpecialIds;
  readonly #parsed: ParsedUnigram;
  readonly #cleansUp: boolean;
  readonly #words: UnigramWords;
  readonly #finder: AddedTokenFinder;
  readonly #normalizedFinder: AddedTokenFinder;
  readonly #ids: ReadonlyMap<string, number>;
  readonly #added: ReadonlyMap<number, AddedToken>;

  constructor(parsed: ParsedUnigram, special: SpecialIds, cleansUp: boolean) {
    const { pieces, addedTokens, normalize } = parsed;
    this.#parsed = parsed;
    this.#cleansUp = cleansUp;
    this.special = special;
    this.vocabSize = addedTokens.reduce((size, { id }) => Math.max(size, id + 1), pieces.length);
    this.#words = new UnigramWords(parsed);
    this.#added = new Map(addedTokens.map((token) => [token.id, token]));
    this.#ids = new Map([
      ...pieces.map((piece, id) => [piece, id] as const),
      ...addedTokens.map(({ content, id }) => [content, id] as const),
    ]);
    this.#finder = new AddedTokenFinder(
      addedTokens.filter((token) => !token.normalized),
      (content) => content,
    );
    this.#normalizedFinder = new AddedTokenFinder(
      addedTokens.filter((token) => token.normalized),
      (content) => normalize({ text: content, offset: 0 }).text,
    );
  }

  encode(text: string, options: EncodeOptions = {}): number[] {
    const ids: number[] = [];
    for (const part of this.#template(options)) {
      if ("ids" in part) ids.push(...part.ids);
      else this.#appendIds(part.sequence === 0 ? text : options.pair!, ids);
    }
    return ids;
  }

  encodeDetailed(text: string, options: DetailedEncodeOptions = {}): Encoding {
    const texts = options.pair === undefined ? [text] : [text, options.pair];
    const encodings = texts.map((each, sequence) => this.#encodeText(each, sequence, options.offsets ?? "utf16"));
    return joinEncodings(
      this.#template(options).map((part) => {
        if ("ids" in part)
          return encodeMarks(
            part.ids,
            part.ids.map((id) => this.pieceOf(id)!),
            part.typeId,
            1,
          );
        const encoding = encodings[part.sequence]!;
        return { ...encoding, typeIds: encoding.ids.map(() => part.typeId) };
      }),
    );
  }

  decode(ids: Iterable<number>, options: DecodeOptions = {}): string {
    const text = this.#parsed.decoder.decode(this.#piecesToPrint(ids, options)).join("");
    return this.#cleansUp ? cleanUpSpaces(text) : text;
  }

  decodeStream(options: DecodeOptions = {}): DecodeStream {
    const stream = openDecodeStream(this.#parsed.decoder, (id) => this.#piecesToPrint([id], options)[0]);
    return this.#cleansUp ? cleanUpStream(stream) : stream;
  }

  idOf(piece: string): number | undefined {
    return this.#ids.get(piece);
  }

  pieceOf(id: number): string | undefined {
    return this.#added.get(id)?.content ?? this.#parsed.pieces[id];
  }

  toJSON(): UnigramJson {
    return structuredClone(this.#parsed.json);
  }

  #template({ pair, addSpecialTokens = true }: EncodeOptions): readonly TemplatePart[] {
    const parts = this.#parsed.postProcessor[pair === undefined ? "single" : "pair"];
    return addSpecialTokens ? parts : parts.filter((part) => "sequence" in part);
  }

  /** Added tokens first, then those in normalized text; `isAligned` says whether texts know where they come from. */
  #cut(text: string, isAligned: boolean): Chunk[] {
    const { normalize } = this.#parsed;
    const chunks: Chunk[] = [];
    for (const { id, start, end } of this.#finder.cut(text)) {
      const piece = text.slice(start, end);
      if (id >= 0) {
        chunks.push({ id, start, end, matched: piece });
        continue;
      }
      const normalized = normalize(isAligned ? alignText(piece, start) : { text: piece, offset: start });
      for (const part of this.#normalizedFinder.cut(normalized.text)) {
        const found = sliceText(normalized, part.start, part.end);
        if (part.id < 0) chunks.push(found);
        else {
          const to = endOfCharacter(text, originOf(found, found.text.length - 1));
          chunks.push({ id: part.id, start: originOf(found, 0), end: to, matched: found.text });
        }
      }
    }
    return chunks;
  }

  #appendIds(text: string, ids: number[]): void {
    const { preTokenizer, isMarkingWords } = this.#parsed;
    for (const chunk of this.#cut(wellFormed(text), preTokenizer.asksOrigin)) {
      if ("id" in chunk) ids.push(chunk.id);
      else if (isMarkingWords) this.#words.appendMarkedWords(chunk.text, ids);
      else {
        const words = preTokenizer.prepare(chunk);
        eachBatch(words, preTokenizer.cut, (bounds) => this.#words.appendIds(words.text.text, bounds, ids));
      }
    }
  }

  #encodeText(original: string, sequence: number, counted: "utf16" | "code-points"): Encoding {
    const { preTokenizer, unknown } = this.#parsed;
    const text = wellFormed(original);
    const ids: number[] = [];
    const pieces: string[] = [];
    const offsets: [number, number][] = [];
    const wordIds: number[] = [];
    let word = 0;
    const add = (id: number, piece: string, start: number, end: number): void => {
      ids.push(id);
      pieces.push(piece);
      offsets.push([start, end]);
      wordIds.push(word);
    };
    for (const chunk of this.#cut(text, true)) {
      if ("id" in chunk) {
        add(chunk.id, chunk.matched, chunk.start, chunk.end);
        word++;
        continue;
      }
      const words = preTokenizer.prepare(chunk);
      eachBatch(words, preTokenizer.cut, (bounds) => {
        for (let i = 0; i < bounds.length; i += 2, word++) {
          this.#words.eachPiece(words.text.text, bounds[i]!, bounds[i + 1]!, (id, start, end) => {
            const piece = id === unknown ? words.text.text.slice(start, end) : this.pieceOf(id)!;
            add(id, piece, originOf(words.text, start), endOfCharacter(text, originOf(words.text, end - 1)));
          });
        }
      });
    }
    if (counted === "code-points") countCodePoints(text, offsets);
    const zeros = ids.map(() => 0);
    return {
      ids,
      pieces,
      offsets,
      wordIds,
      sequenceIds: ids.map(() => sequence),
      typeIds: zeros,
      attentionMask: ids.map(() => 1),
      specialTokensMask: zeros,
    };
  }

  #piecesToPrint(ids: Iterable<number>, { skipSpecialTokens = false }: DecodeOptions): string[] {
    const pieces: string[] = [];
    for (const id of ids) {
      const piece = this.pieceOf(id);
      if (piece !== undefined && !(skipSpecialTokens && this.#added.get(id)?.special)) pieces.push(piece);
    }
    return pieces;
  }
}

function endOfCharacter(text: string, at: number): number {
  return at + (text.codePointAt(at)! > 0xffff ? 2 : 1);
}
