import { type AddedToken, AddedTokenFinder } from "./added-tokens.js";
import { type AlignedText, alignText, originOf, sliceText } from "./aligned-text.js";
import { BpeModel } from "./bpe-model.js";
import { characterEnd } from "./character-end.js";
import { openDecodeStream } from "./decode-stream.js";
import { type Encoding, encodeMarks, joinEncodings } from "./encoding.js";
import { countCodePoints, trimOffsets } from "./offsets.js";
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
    const spelled = this.#spelled.cleared();
    for (const part of this.#template(options)) {
      if ("ids" in part) for (const id of part.ids) spelled.add(id, 0, 0, 0);
      else this.#appendIds(part.sequence === 0 ? text : options.pair!, options.dropout, spelled);
    }
    return spelled.list((at) => spelled.ids[at]!);
  }

  encodeDetailed(text: string, options: DetailedEncodeOptions & WithDropout = {}): Encoding {
    const texts = options.pair === undefined ? [text] : [text, options.pair];
    const encodings = texts.map((each, index) => this.#encodeText(each, index, options));
    return this.#assemble(this.#template(options), encodings);
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
        if ("ids" in part) return encodeMarks(part.ids, part.ids.map(this.pieceOf, this) as string[], part.typeId, 1);
        const text = texts[part.sequence]!;
        return { ...text, typeIds: Array<number>(text.ids.length).fill(part.typeId) };
      }),
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
        else {
          const [start, end] = originRange(text, found, 0, found.text.length);
          chunks.push({ id: part.id, start, end, matched: found.text });
        }
      }
    }
    return chunks;
  }

  #appendIds(text: string, dropout: BpeDropout | undefined, spelled: SpelledText): void {
    const { isNormalized, preTokenizer } = this.#parsed;
    for (const chunk of this.#cut(wellFormed(text), isNormalized && preTokenizer.asksOrigin)) {
      if ("id" in chunk) spelled.add(chunk.id, 0, 0, 0);
      else {
        eachBatch(chunk, preTokenizer.cut, (bounds) => {
          if (dropout === undefined) this.#model.appendIds(chunk.text.text, bounds, spelled);
          else this.#model.appendSpelling(chunk.text.text, bounds, 0, spelled, dropout);
        });
      }
    }
  }

  #encodeText(original: string, sequence: number, options: DetailedEncodeOptions & WithDropout): Encoding {
    const spelled = this.#spelled.cleared();
    const text = wellFormed(original);
    const matched = new Map<number, string>(); // added tokens as found, with the spaces that they take along
    let word = 0;
    for (const chunk of this.#cut(text, true)) {
      if ("id" in chunk) {
        matched.set(spelled.length, chunk.matched);
        spelled.add(chunk.id, chunk.start, chunk.end, word++);
        continue;
      }
      eachBatch(chunk, this.#parsed.preTokenizer.cut, (bounds) => {
        let at = spelled.length;
        this.#model.appendSpelling(chunk.text.text, bounds, word, spelled, options.dropout);
        for (const { starts, ends } = spelled; at < spelled.length; at++)
          [starts[at], ends[at]] = originRange(text, chunk.text, starts[at]!, ends[at]!);
        word += bounds.length / 2;
      });
    }
    const { ids, starts, ends, words } = spelled;
    const pieces = spelled.list((at) => this.pieceOf(ids[at]!)!);
    const offsets = spelled.list((at): [number, number] => [starts[at]!, ends[at]!]);
    const { trimsOffsets, addsPrefixSpace } = this.#parsed.postProcessor;
    if (trimsOffsets) trimOffsets(text, (index) => matched.get(index) ?? pieces[index]!, offsets, addsPrefixSpace);
    if (options.offsets === "code-points") countCodePoints(text, offsets);
    return {
      ids: spelled.list((at) => ids[at]!),
      pieces,
      offsets,
      wordIds: spelled.list((at) => words[at]!),
      sequenceIds: spelled.list(() => sequence),
      typeIds: [], // the template says
      attentionMask: spelled.list(() => 1),
      specialTokensMask: spelled.list(() => 0),
    };
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

/** The range of the original `text` that the units from `from` to `to` stand for. */
function originRange(text: string, aligned: AlignedText, from: number, to: number): [start: number, end: number] {
  return [originOf(aligned, from), characterEnd(text, originOf(aligned, to - 1))];
}
