import { type AddedToken, AddedTokenFinder } from "./added-tokens.js";
import { type AlignedText, alignText, originOf, sliceText } from "./aligned-text.js";
import { type BatchEncoding, type BatchOptions, pad, truncate } from "./batch.js";
import { BpeModel, type SpelledText } from "./bpe-model.js";
import { characterEnd } from "./character-end.js";
import { openDecodeStream } from "./decode-stream.js";
import { type Encoding, encodeMarks, joinEncodings } from "./encoding.js";
import { countCodePoints, trimOffsets } from "./offsets.js";
import type { TemplatePart } from "./post-processors/template.js";
import { eachBatch, type Words } from "./pre-tokenizers/words.js";
import type {
  DecodeOptions,
  DecodeStream,
  DetailedEncodeOptions,
  EncodeOptions,
  SpecialIds,
  Tokenizer,
} from "./tokenizer.js";
import { type ParsedTokenizer, type TokenizerJson, writeTokenizerJson } from "./tokenizer-json.js";
import { wellFormed } from "./well-formed.js";
import type { BpeDropout } from "./word-merger.js";

/** Makes the same text come out in many spellings. */
type WithDropout = { readonly dropout?: BpeDropout | undefined };

export type BpeEncodeOptions = EncodeOptions & WithDropout;

/** What a text is cut into before the model: words, or a token found in it. */
type Chunk = Words | FoundToken;
type FoundToken = { readonly id: number; readonly start: number; readonly end: number; readonly matched: string };

/**
 * Byte pair encoding with everything around it: added tokens, normalizer, pre-tokenizer, template, decoder.
 *
 * Made by `trainBpe` or `loadTokenizer`. Halves of surrogate pairs that stand alone are encoded as U+FFFD.
 */
export class BpeTokenizer implements Tokenizer {
  readonly vocabSize: number;
  readonly special: SpecialIds;
  /** The rate of dropout that the file names; it's for the caller to hand to `encode`, with a source of randomness. */
  readonly dropoutRate: number;
  readonly #parsed: ParsedTokenizer;
  readonly #model: BpeModel;
  readonly #finder: AddedTokenFinder;
  readonly #normalizedFinder: AddedTokenFinder;
  readonly #addedTokens: ReadonlyMap<number, AddedToken>;

  constructor(parsed: ParsedTokenizer, special: SpecialIds) {
    const { vocabulary, addedTokens, normalize } = parsed;
    this.#parsed = parsed;
    this.vocabSize = vocabulary.pieces.length;
    this.special = special;
    this.dropoutRate = parsed.dropoutRate;
    this.#model = new BpeModel(vocabulary, parsed.modelOptions);
    this.#addedTokens = new Map(addedTokens.map((token) => [token.id, token]));
    const plain = addedTokens.filter((token) => !token.normalized);
    const normalized = addedTokens.filter((token) => token.normalized);
    this.#finder = new AddedTokenFinder(plain, (content) => content);
    this.#normalizedFinder = new AddedTokenFinder(
      normalized,
      (content) => normalize({ text: content, offset: 0 }).text,
    );
  }

  encode(text: string, options: BpeEncodeOptions = {}): number[] {
    const ids: number[] = [];
    for (const part of this.#template(options)) {
      if ("ids" in part) ids.push(...part.ids);
      else this.#appendIds(part.sequence === 0 ? text : options.pair!, options.dropout, ids);
    }
    return ids;
  }

  encodeDetailed(text: string, options: DetailedEncodeOptions & WithDropout = {}): Encoding {
    const texts = options.pair === undefined ? [text] : [text, options.pair];
    const encodings = texts.map((each, index) => this.#encodeText(each, index, options));
    return this.#assemble(this.#template(options), encodings);
  }

  /** Encodes texts or pairs of texts, cut to a length and padded to one if `options` ask for that. */
  encodeBatch(
    texts: readonly (string | readonly [string, string])[],
    options: BatchOptions & WithDropout = {},
  ): BatchEncoding[] {
    const encodings = texts.map((item) => {
      const sequences = typeof item === "string" ? [item] : item;
      const template = this.#template({ ...options, pair: sequences[1] });
      const markCount = template.reduce((sum, part) => sum + ("ids" in part ? part.ids.length : 0), 0);
      const encoded = sequences.map((text, index) => this.#encodeText(text, index, options));
      const [kept, ...overflowing] = truncate(encoded, markCount, options.truncation).map((parts) =>
        this.#assemble(template, parts),
      );
      return { ...kept!, overflowing };
    });
    if (options.padding === undefined) return encodings;
    const { pad: id } = this.special;
    if (id < 0) throw new Error("encodeBatch: padding: the vocabulary has no padding token");
    return pad(encodings, options.padding, (count) => this.#encodeMarks(Array<number>(count).fill(id), 0, 0));
  }

  decode(ids: Iterable<number>, options: DecodeOptions = {}): string {
    return this.#parsed.decoder.decode(this.#piecesToPrint(ids, options)).join("");
  }

  decodeStream(options: DecodeOptions = {}): DecodeStream {
    return openDecodeStream(this.#parsed.decoder, (id) => this.#piecesToPrint([id], options)[0]);
  }

  idOf(piece: string): number | undefined {
    return this.#parsed.idOf(piece);
  }

  pieceOf(id: number): string | undefined {
    return this.#parsed.vocabulary.pieces[id];
  }

  toJSON(): TokenizerJson {
    return writeTokenizerJson(this.#parsed);
  }

  #template({ pair, addSpecialTokens = true }: EncodeOptions): readonly TemplatePart[] {
    const parts = this.#parsed.postProcessor[pair === undefined ? "single" : "pair"];
    return addSpecialTokens ? parts : parts.filter((part) => "sequence" in part);
  }

  #assemble(template: readonly TemplatePart[], texts: readonly Encoding[]): Encoding {
    return joinEncodings(
      template.map((part) => {
        if ("ids" in part) return this.#encodeMarks(part.ids, part.typeId, 1);
        const text = texts[part.sequence]!;
        return { ...text, typeIds: text.ids.map(() => part.typeId) };
      }),
    );
  }

  #encodeMarks(ids: readonly number[], typeId: number, attention: 0 | 1): Encoding {
    return encodeMarks(
      ids,
      ids.map((id) => this.pieceOf(id)!),
      typeId,
      attention,
    );
  }

  /** Added tokens first, then those in normalized text, then words; `isAligned` says whether words know where they come from. */
  #cut(text: string, isAligned: boolean): Chunk[] {
    const { normalize, preTokenizer } = this.#parsed;
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
        if (part.id < 0) chunks.push(preTokenizer.prepare(found));
        else chunks.push({ id: part.id, ...originRange(text, found, 0, found.text.length), matched: found.text });
      }
    }
    return chunks;
  }

  #appendIds(text: string, dropout: BpeDropout | undefined, ids: number[]): void {
    const { isNormalized, preTokenizer } = this.#parsed;
    for (const chunk of this.#cut(wellFormed(text), isNormalized && preTokenizer.asksOrigin)) {
      if ("id" in chunk) ids.push(chunk.id);
      else {
        eachBatch(chunk, preTokenizer.cut, (bounds) => {
          if (dropout === undefined) this.#model.appendIds(chunk.text.text, bounds, ids);
          else this.#model.appendSpelling(chunk.text.text, bounds, { ids, starts: [], ends: [], words: [] }, dropout);
        });
      }
    }
  }

  #encodeText(original: string, sequence: number, options: DetailedEncodeOptions & WithDropout): Encoding {
    const text = wellFormed(original);
    const ids: number[] = [];
    const pieces: string[] = []; // as found in the text, with the spaces that an added token takes along
    const offsets: [number, number][] = [];
    const wordIds: number[] = [];
    let word = 0;
    for (const chunk of this.#cut(text, true)) {
      if ("id" in chunk) {
        ids.push(chunk.id);
        pieces.push(chunk.matched);
        offsets.push([chunk.start, chunk.end]);
        wordIds.push(word++);
        continue;
      }
      eachBatch(chunk, this.#parsed.preTokenizer.cut, (bounds) => {
        const spelled: SpelledText = { ids: [], starts: [], ends: [], words: [] };
        this.#model.appendSpelling(chunk.text.text, bounds, spelled, options.dropout);
        for (const [index, id] of spelled.ids.entries()) {
          ids.push(id);
          pieces.push(this.pieceOf(id)!);
          const { start, end } = originRange(text, chunk.text, spelled.starts[index]!, spelled.ends[index]!);
          offsets.push([start, end]);
          wordIds.push(word + spelled.words[index]!);
        }
        word += bounds.length / 2;
      });
    }
    if (this.#parsed.postProcessor.trimsOffsets)
      trimOffsets(text, pieces, offsets, this.#parsed.postProcessor.addsPrefixSpace);
    if (options.offsets === "code-points") countCodePoints(text, offsets);
    return {
      ...this.#encodeMarks(ids, 0, 1),
      offsets,
      wordIds,
      sequenceIds: ids.map(() => sequence),
      specialTokensMask: ids.map(() => 0),
    };
  }

  #piecesToPrint(ids: Iterable<number>, { skipSpecialTokens = false }: DecodeOptions): string[] {
    const pieces: string[] = [];
    for (const id of ids) {
      const piece = this.pieceOf(id);
      if (piece !== undefined && !(skipSpecialTokens && this.#addedTokens.get(id)?.special)) pieces.push(piece);
    }
    return pieces;
  }
}

/** The range of the original `text` that the units from `from` to `to` stand for. */
function originRange(text: string, aligned: AlignedText, from: number, to: number): { start: number; end: number } {
  return { start: originOf(aligned, from), end: characterEnd(text, originOf(aligned, to - 1)) };
}
