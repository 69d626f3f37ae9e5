import { AddedTokenFinder } from "./added-tokens.js";
import { type AlignedText, alignText, originStart, sliceText } from "./aligned-text.js";
import { type BpeDropout, BpeModel, type SpelledText } from "./bpe-model.js";
import { openDecodeStream } from "./decode-stream.js";
import type { TemplatePart } from "./post-processors/template.js";
import { eachBatch, type Words } from "./pre-tokenizers/words.js";
import type {
  DecodeOptions,
  DecodeStream,
  DetailedEncodeOptions,
  EncodeOptions,
  Encoding,
  SpecialIds,
  Tokenizer,
} from "./tokenizer.js";
import type { ParsedTokenizer, TokenizerJson } from "./tokenizer-json.js";
import { wellFormed } from "./well-formed.js";

export type BpeEncodeOptions = EncodeOptions & {
  /** Passes over merges at random, to train on many spellings of the same words. */
  readonly dropout?: BpeDropout | undefined;
};

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
  /** The probability to pass over a merge that the file names; it's used only where `encode` is given `dropout`. */
  readonly dropoutRate: number;
  readonly #parsed: ParsedTokenizer;
  readonly #model: BpeModel;
  readonly #finder: AddedTokenFinder;
  readonly #normalizedFinder: AddedTokenFinder;
  readonly #addedIds: ReadonlyMap<string, number>;
  readonly #specialIds: ReadonlySet<number>;

  constructor(parsed: ParsedTokenizer, special: SpecialIds) {
    const { vocabulary, addedTokens, normalize } = parsed;
    this.#parsed = parsed;
    this.vocabSize = vocabulary.pieces.length;
    this.special = special;
    this.dropoutRate = parsed.dropoutRate;
    this.#model = new BpeModel(vocabulary, parsed.modelOptions);
    this.#addedIds = new Map(addedTokens.map((token) => [token.content, token.id]));
    this.#specialIds = new Set(addedTokens.filter((token) => token.special).map((token) => token.id));
    this.#finder = new AddedTokenFinder(
      new Map(addedTokens.filter((token) => !token.normalized).map((token) => [token.content, token])),
    );
    this.#normalizedFinder = new AddedTokenFinder(
      new Map(
        addedTokens
          .filter((token) => token.normalized)
          .map((token) => [normalize({ text: token.content, offset: 0 }).text, token] as const)
          .reverse(), // of two that become the same the first is found
      ),
    );
  }

  encode(text: string, options: BpeEncodeOptions = {}): number[] {
    const ids: number[] = [];
    for (const part of this.#template(options)) {
      if ("ids" in part) {
        if (options.addSpecialTokens !== false) ids.push(...part.ids);
      } else {
        this.#appendIds(part.sequence === 0 ? text : options.pair!, ids, options.dropout);
      }
    }
    return ids;
  }

  encodeDetailed(text: string, options: DetailedEncodeOptions & BpeEncodeOptions = {}): Encoding {
    const encoding = emptyEncoding();
    for (const part of this.#template(options)) {
      if ("sequence" in part) this.#appendDetails(part.sequence === 0 ? text : options.pair!, part, encoding, options);
      else if (options.addSpecialTokens !== false) this.#appendMarks(part.ids, part.typeId, encoding);
    }
    return encoding;
  }

  decode(ids: Iterable<number>, options: DecodeOptions = {}): string {
    const pieces = this.#piecesToDecode(ids, options);
    return this.#parsed.decoder.decode(pieces).join("");
  }

  decodeStream(options: DecodeOptions = {}): DecodeStream {
    return openDecodeStream(this.#parsed.decoder, (id) => this.#piecesToDecode([id], options)[0]);
  }

  idOf(piece: string): number | undefined {
    return this.#addedIds.get(piece) ?? this.#parsed.vocabulary.ids.get(piece);
  }

  pieceOf(id: number): string | undefined {
    return this.#parsed.vocabulary.pieces[id];
  }

  toJSON(): TokenizerJson {
    return structuredClone(this.#parsed.json);
  }

  #template(options: EncodeOptions): readonly TemplatePart[] {
    return options.pair === undefined ? this.#parsed.postProcessor.single : this.#parsed.postProcessor.pair;
  }

  #appendIds(text: string, ids: number[], dropout: BpeDropout | undefined): void {
    for (const chunk of this.#cut(text, this.#parsed.isNormalized && this.#parsed.preTokenizer.asksOrigin)) {
      if ("id" in chunk) ids.push(chunk.id);
      else {
        const { text } = chunk.text;
        eachBatch(chunk, this.#parsed.preTokenizer.cut, (bounds) => {
          if (dropout === undefined) this.#model.appendIds(text, bounds, ids);
          else this.#model.appendSpelling(text, bounds, { ids, starts: [], ends: [], words: [] }, dropout);
        });
      }
    }
  }

  /** Added tokens first, then those in normalized text, then words; `isAligned` says whether words know where they come from. */
  #cut(text: string, isAligned: boolean): Chunk[] {
    const { normalize, preTokenizer } = this.#parsed;
    const chunks: Chunk[] = [];
    const whole = wellFormed(text);
    for (const part of this.#finder.cut(whole)) {
      if (part.id >= 0) {
        chunks.push({ ...part, matched: whole.slice(part.start, part.end) });
        continue;
      }
      const piece = whole.slice(part.start, part.end);
      const normalized = normalize(isAligned ? alignText(piece, part.start) : { text: piece, offset: part.start });
      for (const inner of this.#normalizedFinder.cut(normalized.text)) {
        if (inner.start === inner.end) continue;
        const words = sliceText(normalized, inner.start, inner.end);
        if (inner.id < 0) chunks.push(preTokenizer.prepare(words));
        else
          chunks.push({
            id: inner.id,
            start: originStart(words, 0),
            end: originEnd(words, words.text.length - 1),
            matched: words.text,
          });
      }
    }
    return chunks;
  }

  #appendDetails(
    text: string,
    part: { sequence: 0 | 1; typeId: number },
    encoding: Encoding,
    options: DetailedEncodeOptions & BpeEncodeOptions,
  ): void {
    const from = encoding.ids.length;
    let word = 0;
    const add = (id: number, piece: string, start: number, end: number, ofWord: number): void => {
      encoding.offsets.push(this.#trimmed(text, piece, start, end, encoding.ids.length === from));
      encoding.ids.push(id);
      encoding.pieces.push(this.pieceOf(id)!);
      encoding.wordIds.push(ofWord);
      encoding.sequenceIds.push(part.sequence);
      encoding.typeIds.push(part.typeId);
      encoding.attentionMask.push(1);
      encoding.specialTokensMask.push(0);
    };
    for (const chunk of this.#cut(text, true)) {
      if ("id" in chunk) {
        add(chunk.id, chunk.matched, chunk.start, chunk.end, word++);
        continue;
      }
      eachBatch(chunk, this.#parsed.preTokenizer.cut, (bounds) => {
        const spelled: SpelledText = { ids: [], starts: [], ends: [], words: [] };
        this.#model.appendSpelling(chunk.text.text, bounds, spelled, options.dropout);
        for (const [index, id] of spelled.ids.entries()) {
          const start = originStart(chunk.text, spelled.starts[index]!);
          add(
            id,
            this.pieceOf(id)!,
            start,
            originEnd(chunk.text, spelled.ends[index]! - 1),
            word + spelled.words[index]!,
          );
        }
        word += bounds.length / 2;
      });
    }
    if (options.offsets === "code-points") countCodePoints(wellFormed(text), encoding.offsets, from);
  }

  #appendMarks(ids: readonly number[], typeId: number, encoding: Encoding): void {
    for (const id of ids) {
      encoding.ids.push(id);
      encoding.pieces.push(this.pieceOf(id) ?? "");
      encoding.offsets.push([0, 0]);
      encoding.wordIds.push(null);
      encoding.sequenceIds.push(null);
      encoding.typeIds.push(typeId);
      encoding.attentionMask.push(1);
      encoding.specialTokensMask.push(1);
    }
  }

  /** The range of a piece without as many characters as it has spaces at its ends, if the file asks for that. */
  #trimmed(text: string, piece: string, start: number, end: number, isFirst: boolean): [number, number] {
    const { trimsOffsets, addsPrefixSpace } = this.#parsed.postProcessor;
    if (!trimsOffsets) return [start, end];
    let leading = /^[Ġ\p{White_Space}]*/u.exec(piece)![0].length;
    let trailing = /[Ġ\p{White_Space}]*$/u.exec(piece)![0].length;
    // A single space at the start may be one that encoding put there, which no character of the text stands for.
    if (leading === 1 && addsPrefixSpace && (isFirst || start === 0)) leading = 0;
    for (; leading > 0 && start < end; leading--) start += text.codePointAt(start)! > 0xffff ? 2 : 1;
    for (; trailing > 0 && start < end; trailing--)
      end -= end - start > 1 && text.codePointAt(end - 2)! > 0xffff ? 2 : 1;
    return [start, end];
  }

  #piecesToDecode(ids: Iterable<number>, { skipSpecialTokens = false }: DecodeOptions): string[] {
    const pieces: string[] = [];
    for (const id of ids) {
      const piece = this.#parsed.vocabulary.pieces[id];
      if (piece !== undefined && !(skipSpecialTokens && this.#specialIds.has(id))) pieces.push(piece);
    }
    return pieces;
  }
}

function originEnd(input: AlignedText, index: number): number {
  return input.ends === undefined ? input.offset + index + 1 : input.ends[index]!;
}

function emptyEncoding(): Encoding {
  return {
    ids: [],
    pieces: [],
    offsets: [],
    wordIds: [],
    sequenceIds: [],
    typeIds: [],
    attentionMask: [],
    specialTokensMask: [],
  };
}

/** Turns offsets that count UTF-16 units into such that count code points. */
function countCodePoints(text: string, offsets: [number, number][], from: number): void {
  const pointsBefore = new Int32Array(text.length + 1);
  let points = 0;
  for (let at = 0; at < text.length; ) {
    const next = at + (text.codePointAt(at)! > 0xffff ? 2 : 1);
    for (let i = at; i < next; i++) pointsBefore[i] = points;
    points++;
    at = next;
  }
  pointsBefore[text.length] = points;
  for (let i = from; i < offsets.length; i++) {
    const [start, end] = offsets[i]!;
    offsets[i] = [pointsBefore[start]!, pointsBefore[end]!];
  }
}
