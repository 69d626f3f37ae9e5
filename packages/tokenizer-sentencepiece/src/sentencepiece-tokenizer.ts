import type {
  DecodeOptions,
  DecodeStream,
  DetailedEncodeOptions,
  EncodeOptions,
  Encoding,
  SpecialIds,
  Tokenizer,
} from "@t5ts/tokenizer-bpe";
import { toBase64 } from "./base64.js";
import { EncodingBuilder } from "./encoding-builder.js";
import { type SentencePieceModel, writeModel } from "./model-file.js";
import { nBest } from "./n-best.js";
import { type NormalizedText, Normalizer } from "./normalizer.js";
import { PieceDecoder } from "./piece-decoder.js";
import type { Sampling } from "./sampling.js";
import { type ModelSegmenter, segmenterOf } from "./segmenter-of.js";
import { PlaceCounter, Utf8Buffer } from "./utf8.js";
import { byteName, Vocabulary } from "./vocabulary.js";
import { isSpaceMark } from "./whole-pieces.js";

export type SentencePieceOptions = {
  /** Which marks `encode` writes; none by default, as SentencePiece. */
  readonly marks?: "none" | "end" | "start-end" | undefined;
};

export type SentencePieceEncodeOptions = EncodeOptions & {
  /** Draws the pieces at random. */
  readonly sampling?: Sampling | undefined;
};

/** The ids of a text and the sum of their scores, which in a unigram model is the logarithm of a probability. */
export type ScoredIds = { readonly ids: number[]; readonly score: number };

/** The form in which a tokenizer is kept as JSON: the .model file in base64. */
export type SentencePieceJson = {
  readonly type: "SentencePiece";
  readonly marks: "none" | "end" | "start-end";
  readonly model: string;
};

/** A tokenizer that does what SentencePiece does with the same model. Made by `loadSentencePiece`. */
export class SentencePieceTokenizer implements Tokenizer {
  readonly model: SentencePieceModel;
  readonly vocabSize: number;
  readonly special: SpecialIds;
  readonly #marks: "none" | "end" | "start-end";
  readonly #vocabulary: Vocabulary;
  readonly #normalizer: Normalizer;
  readonly #denormalizer: Normalizer | undefined;
  readonly #segmenter: ModelSegmenter;
  readonly #utf8: Utf8Buffer = new Utf8Buffer();

  /** @throws ModelFileError that names what in the model can't be. */
  constructor(model: SentencePieceModel, { marks = "none" }: SentencePieceOptions = {}) {
    const spaceAtEnd = model.trainer.treatWhitespaceAsSuffix ?? false;
    this.model = model;
    this.vocabSize = model.pieces.length;
    this.#vocabulary = new Vocabulary(model);
    this.#normalizer = new Normalizer(model.normalizer, { verbatim: this.#vocabulary.userDefined, spaceAtEnd });
    if ((model.denormalizer?.precompiledCharsmap?.length ?? 0) > 0) {
      this.#denormalizer = new Normalizer(model.denormalizer!, { path: "denormalizer_spec" });
    }
    this.#segmenter = segmenterOf(model, this.#vocabulary);
    this.special = findSpecialIds(model, this.#vocabulary);
    this.#marks = marks;
    if (marks !== "none" && this.special.end < 0) throw lacks("end", marks, model.trainer.eosPiece ?? "</s>");
    if (marks === "start-end" && this.special.start < 0) throw lacks("start", marks, model.trainer.bosPiece ?? "<s>");
  }

  encode(text: string, options: SentencePieceEncodeOptions = {}): number[] {
    const ids: number[] = [];
    const hasMarks = options.addSpecialTokens !== false;
    if (hasMarks) ids.push(...this.#startIds());
    this.#appendIds(text, ids, options.sampling);
    if (hasMarks) ids.push(...this.#endIds());
    if (options.pair !== undefined) {
      this.#appendIds(options.pair, ids, options.sampling);
      if (hasMarks) ids.push(...this.#endIds());
    }
    return ids;
  }

  encodeDetailed(text: string, options: DetailedEncodeOptions & SentencePieceEncodeOptions = {}): Encoding {
    const builder = new EncodingBuilder();
    const addMarks = (ids: readonly number[]): void => {
      if (options.addSpecialTokens !== false) for (const id of ids) builder.addMark(id, this.pieceOf(id)!);
    };
    addMarks(this.#startIds());
    this.appendDetails(text, 0, builder, options);
    addMarks(this.#endIds());
    if (options.pair !== undefined) {
      this.appendDetails(options.pair, 1, builder, options);
      addMarks(this.#endIds());
    }
    return builder.finish();
  }

  /**
   * The `count` best ways to spell a text, the best first, without marks. Fewer come out if there are fewer.
   *
   * @throws Error if the model isn't a unigram model: others know only one way.
   */
  encodeNBest(text: string, count: number): ScoredIds[] {
    const { unigram } = this.#segmenter;
    if (unigram === undefined) throw new Error("encodeNBest: expected a unigram model, got one of another type");
    if (!(Number.isInteger(count) && count > 0 && count <= MAX_N_BEST)) {
      throw new RangeError(`encodeNBest: count: expected an integer from 1 to ${MAX_N_BEST}, got ${count}`);
    }
    const { bytes, length } = this.#normalized(text, false);
    if (length === 0) return [{ ids: [], score: 0 }];
    return nBest(unigram, bytes, length, count).map(({ ids, ends, score }) => ({
      ids: this.#spelled(bytes, ids, ends).ids,
      score,
    }));
  }

  /** A text as the model sees it. */
  normalize(text: string): string {
    const { bytes, length } = this.#normalized(text, false);
    return UTF8.decode(bytes.subarray(0, length));
  }

  decode(ids: Iterable<number>, options: DecodeOptions = {}): string {
    const stream = this.decodeStream(options);
    let text = "";
    for (const id of ids) text += stream.push(id);
    return text + stream.end();
  }

  /** Control pieces never print; an unknown one prints nothing with `skipSpecialTokens`. */
  decodeStream({ skipSpecialTokens = false }: DecodeOptions = {}): DecodeStream {
    const { addDummyPrefix = true, removeExtraWhitespaces = true } = this.model.normalizer;
    const decoder = new PieceDecoder(this.#vocabulary, {
      dropsFirstSpace: addDummyPrefix || removeExtraWhitespaces,
      dropsLeadingSpaces: removeExtraWhitespaces,
      unknownText: skipSpecialTokens ? "" : (this.model.trainer.unkSurface ?? " \u2047 "),
    });
    const denormalizer = this.#denormalizer;
    if (denormalizer === undefined) return decoder;
    // Rules may reach across pieces: the text comes out at the end.
    let text = "";
    return {
      push: (id) => {
        text += decoder.push(id);
        return "";
      },
      end: () => {
        text += decoder.end();
        const written = this.#utf8.write(text);
        const { bytes, length } = denormalizer.normalize(this.#utf8.bytes, written, false);
        return UTF8.decode(bytes.subarray(0, length));
      },
    };
  }

  idOf(piece: string): number | undefined {
    return this.#vocabulary.idOf(piece);
  }

  pieceOf(id: number): string | undefined {
    return this.model.pieces[id]?.piece;
  }

  /** The model as a .model file. */
  toModelFile(): Uint8Array {
    return writeModel(this.model);
  }

  toJSON(): SentencePieceJson {
    return { type: "SentencePiece", marks: this.#marks, model: toBase64(this.toModelFile()) };
  }

  /** Adds the pieces of a text without marks. For tokenizers that cut the text before; `offset` is where it begins in the whole. */
  appendDetails(
    text: string,
    sequence: 0 | 1,
    builder: EncodingBuilder,
    { sampling, offsets = "utf16" }: DetailedEncodeOptions & SentencePieceEncodeOptions,
    offset = 0,
  ): void {
    const normalized = this.#normalized(text, true);
    const { bytes, origins } = normalized;
    const places = new PlaceCounter(this.#utf8.bytes, offsets);
    const spaceAtEnd = this.model.trainer.treatWhitespaceAsSuffix ?? false;
    const spelled = this.#segmented(normalized, sampling);
    let end = 0;
    for (const [i, id] of spelled.ids.entries()) {
      const start = end;
      end = spelled.ends[i]!;
      const startsWord = spaceAtEnd ? start > 2 && isSpaceMark(bytes, start - 3) : start < end && isSpaceMark(bytes, start);
      if (startsWord) builder.nextWord();
      const from = offset + places.before(origins[start]!);
      const to = start === end ? from : offset + places.before(origins[end]!);
      const byte = spelled.byteOf[i]!;
      builder.add(id, byte < 0 ? UTF8.decode(bytes.subarray(start, end)) : byteName(byte), from, to, sequence);
    }
    builder.nextWord();
  }

  #appendIds(text: string, ids: number[], sampling: Sampling | undefined): void {
    const normalized = this.#normalized(text, false);
    if (sampling !== undefined || this.#vocabulary.byteIds !== undefined) {
      for (const id of this.#segmented(normalized, sampling).ids) ids.push(id);
      return;
    }
    const from = ids.length;
    this.#segmenter.segment(normalized.bytes, normalized.length, ids);
    joinUnknown(ids, from, this.#vocabulary.unknown);
  }

  #normalized(text: string, withOrigins: boolean): NormalizedText {
    const length = this.#utf8.write(text);
    return this.#normalizer.normalize(this.#utf8.bytes, length, withOrigins);
  }

  #segmented({ bytes, length }: NormalizedText, sampling: Sampling | undefined): SpelledPieces {
    if (sampling !== undefined) {
      const { ids, ends } = this.#segmenter.sample(bytes, length, sampling);
      return this.#spelled(bytes, ids, ends);
    }
    const ids: number[] = [];
    const ends: number[] = [];
    this.#segmenter.segment(bytes, length, ids, ends);
    return this.#spelled(bytes, ids, ends);
  }

  /** Spells unknown pieces in bytes, or joins neighbouring ones. */
  #spelled(bytes: Uint8Array, ids: readonly number[], ends: readonly number[]): SpelledPieces {
    const { unknown, byteIds } = this.#vocabulary;
    const spelled: SpelledPieces = { ids: [], ends: [], byteOf: [] };
    let start = 0;
    for (const [i, id] of ids.entries()) {
      const end = ends[i]!;
      if (id !== unknown) add(spelled, id, end, -1);
      else if (byteIds !== undefined) {
        // The last byte stands for the character's place in the text; those before it for none.
        for (let at = start; at < end; at++) {
          add(spelled, byteIds[bytes[at]!]!, at === end - 1 ? end : start, bytes[at]!);
        }
      } else if (spelled.ids.at(-1) === unknown) spelled.ends[spelled.ends.length - 1] = end;
      else add(spelled, id, end, -1);
      start = end;
    }
    return spelled;
  }

  #startIds(): readonly number[] {
    return this.#marks === "start-end" ? [this.special.start] : [];
  }

  #endIds(): readonly number[] {
    return this.#marks === "none" ? [] : [this.special.end];
  }
}

/** Pieces of a text: ids, the byte where each ends, and which byte it stands for if it's a byte (-1 if not). */
type SpelledPieces = { readonly ids: number[]; readonly ends: number[]; readonly byteOf: number[] };

function add(spelled: SpelledPieces, id: number, end: number, byte: number): void {
  spelled.ids.push(id);
  spelled.ends.push(end);
  spelled.byteOf.push(byte);
}

/** As SentencePiece. */
const MAX_N_BEST = 1024;

const UTF8 = new TextDecoder("utf-8", { ignoreBOM: true });

function joinUnknown(ids: number[], from: number, unknown: number): void {
  let length = from;
  for (let i = from; i < ids.length; i++) {
    if (ids[i] === unknown && i > from && ids[i - 1] === unknown) continue;
    ids[length++] = ids[i]!;
  }
  ids.length = length;
}

function findSpecialIds({ trainer, pieces }: SentencePieceModel, vocabulary: Vocabulary): SpecialIds {
  const control = (piece: string): number => vocabulary.find(piece, "control");
  const sentinels: number[] = [];
  for (let i = 0; i < pieces.length; i++) {
    const name = `<extra_id_${i}>`;
    const id = [`▁${name}`, name].map((piece) => vocabulary.find(piece, "user-defined", "control")).find((each) => each >= 0);
    if (id === undefined) break;
    sentinels.push(id);
  }
  return {
    pad: control(trainer.padPiece ?? "<pad>"),
    end: control(trainer.eosPiece ?? "</s>"),
    unknown: vocabulary.unknown,
    start: control(trainer.bosPiece ?? "<s>"),
    mask: ["<mask>", "[MASK]"].map((piece) => vocabulary.find(piece, "user-defined", "control")).find((id) => id >= 0) ?? -1,
    sentinels,
  };
}

function lacks(mark: string, marks: string, piece: string): Error {
  return new Error(`loadSentencePiece: marks: "${marks}" needs a control piece for the ${mark}, but the model has no "${piece}"`);
}
