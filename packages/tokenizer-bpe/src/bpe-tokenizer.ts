import { type AddedToken, AddedTokenFinder } from "./added-tokens.js";
import { type AlignedText, alignText, originOf, sliceText } from "./aligned-text.js";
import { BpeModel } from "./bpe-model.js";
import { characterEnd } from "./character-end.js";
import { openDecodeStream } from "./decode-stream.js";
import { describeSpelling, type Encoding, listIds, type Spelling } from "./encoding.js";
import { codePointsBefore, trimOffsets } from "./offsets.js";
import type { TemplatePart } from "./post-processors/template.js";
import { eachBatch, type Words } from "./pre-tokenizers/words.js";
import { SpelledText } from "./spelled-text.js";
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
  readonly #spelled: SpelledText = new SpelledText(); // used again for each text

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
    return listIds(this.#spell(text, options, false));
  }

  encodeDetailed(text: string, options: DetailedEncodeOptions & WithDropout = {}): Encoding {
    return describeSpelling(this.#spell(text, options, true));
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

  /** What the template says, until the next text is spelled; `isAligned` says whether ids know their places. */
  #spell(text: string, options: DetailedEncodeOptions & WithDropout, isAligned: boolean): Spelling {
    const spelled = this.#spelled.cleared();
    const parts = this.#template(options);
    const partEnds = parts.map((part) => {
      if ("ids" in part)
        for (const id of part.ids) spelled.add(id, 0, 0, -1); // of no word
      else this.#appendText(part.sequence === 0 ? text : options.pair!, options, isAligned);
      return spelled.length;
    });
    const { items, length } = spelled;
    return { items, length, parts, partEnds, vocabulary: this.#parsed.vocabulary.pieces };
  }

  #template({ pair, addSpecialTokens = true }: EncodeOptions): readonly TemplatePart[] {
    const parts = this.#parsed.postProcessor[pair === undefined ? "single" : "pair"];
    return addSpecialTokens ? parts : parts.filter((part) => "sequence" in part);
  }

  /** Added tokens first, then those in normalized text, then words; `isAligned` says whether words know where they come from. */
  *#cut(text: string, isAligned: boolean): Generator<Chunk> {
    const { normalize, preTokenizer } = this.#parsed;
    for (const { id, start, end } of this.#finder.cut(text)) {
      const piece = text.slice(start, end);
      if (id >= 0) {
        yield { id, start, end, matched: piece };
        continue;
      }
      const normalized = normalize(isAligned ? alignText(piece, start) : { text: piece, offset: start });
      for (const part of this.#normalizedFinder.cut(normalized.text)) {
        const found = sliceText(normalized, part.start, part.end);
        if (part.id < 0) yield preTokenizer.prepare(found);
        else {
          const end = originEnd(text, found, found.text.length);
          yield { id: part.id, start: originOf(found, 0), end, matched: found.text };
        }
      }
    }
  }

  /** `isAligned` says whether ids know their places in the text as it was given. */
  #appendText(original: string, options: DetailedEncodeOptions & WithDropout, isAligned: boolean): void {
    const spelled = this.#spelled;
    const { isNormalized, preTokenizer, postProcessor } = this.#parsed;
    const text = wellFormed(original);
    const from = spelled.length;
    const matched = new Map<number, string>(); // added tokens as found, with the spaces that they take along
    let word = 0;
    for (const chunk of this.#cut(text, isAligned || (isNormalized && preTokenizer.asksOrigin))) {
      const at = spelled.length;
      if ("id" in chunk) {
        if (isAligned) matched.set(at, chunk.matched);
        spelled.add(chunk.id, chunk.start, chunk.end, word++);
        continue;
      }
      eachBatch(chunk, preTokenizer.cut, (bounds) => {
        this.#model.append(chunk.text.text, bounds, word, spelled, options.dropout);
        word += bounds.length / 2;
      });
      if (isAligned)
        spelled.mapPlaces(
          at,
          (start) => originOf(chunk.text, start),
          (end) => originEnd(text, chunk.text, end),
        );
    }
    if (!isAligned) return;
    if (postProcessor.trimsOffsets) {
      const pieceAt = (at: number): string => matched.get(at) ?? this.pieceOf(spelled.items[at * 4]!)!;
      trimOffsets(text, pieceAt, spelled, from, postProcessor.addsPrefixSpace);
    }
    if (options.offsets !== "code-points") return;
    const before = codePointsBefore(text);
    const count = (place: number): number => before[place]!;
    spelled.mapPlaces(from, count, count);
  }

  #piecesToPrint(ids: Iterable<number>, { skipSpecialTokens = false }: DecodeOptions): string[] {
    const pieces = Array<string>(Array.isArray(ids) ? ids.length : 0);
    let count = 0;
    for (const id of ids) {
      const piece = this.pieceOf(id);
      if (piece !== undefined && !(skipSpecialTokens && this.#addedTokens.get(id)?.special)) pieces[count++] = piece;
    }
    pieces.length = count;
    return pieces;
  }
}

/** Where what the unit before `end` stands for ends in the original `text`. */
function originEnd(text: string, aligned: AlignedText, end: number): number {
  return characterEnd(text, originOf(aligned, end - 1));
}
