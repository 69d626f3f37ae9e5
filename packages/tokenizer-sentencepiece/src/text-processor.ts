import type { DecodeOptions, DecodeStream } from "@t5ts/tokenizer-bpe";
import type { SentencePieceModel } from "./model-file/sentencepiece-model.js";
import { type NormalizedText, Normalizer } from "./normalization/normalizer.js";
import { PieceDecoder } from "./piece-decoder.js";
import type { EncodingBuilder } from "./segmentation/encoding-builder.js";
import { joinRepeats } from "./segmentation/join-repeats.js";
import { nBest } from "./segmentation/n-best.js";
import type { Sampling } from "./segmentation/sampling.js";
import { type ModelSegmenter, segmenterOf } from "./segmentation/segmenter-of.js";
import { Vocabulary } from "./segmentation/vocabulary.js";
import { isSpaceMark } from "./segmentation/whole-pieces.js";
import { PlaceCounter, Utf8Buffer } from "./t5/utf8.js";

/** The ids of a text and the sum of their scores, which in a unigram model is the logarithm of a probability. */
export type ScoredIds = { readonly ids: number[]; readonly score: number };

export type DetailOptions = {
  readonly sequence: 0 | 1;
  readonly offsets: "utf16" | "code-points";
  /** Where the text begins in the whole. */
  readonly offset: number;
  readonly sampling: Sampling | undefined;
};

/** What SentencePiece does with a model: text to pieces and back, without marks. */
export class TextProcessor {
  readonly vocabulary: Vocabulary;
  readonly #model: SentencePieceModel;
  readonly #spaceAtEnd: boolean;
  readonly #normalizer: Normalizer;
  readonly #denormalizer: Normalizer | undefined;
  readonly #segmenter: ModelSegmenter;
  readonly #utf8: Utf8Buffer = new Utf8Buffer();

  /** @throws ModelFileError that names what in the model can't be. */
  constructor(model: SentencePieceModel) {
    this.#model = model;
    this.#spaceAtEnd = model.trainer.treatWhitespaceAsSuffix ?? false;
    this.vocabulary = new Vocabulary(model);
    this.#normalizer = new Normalizer(model.normalizer, {
      verbatim: this.vocabulary.userDefined,
      spaceAtEnd: this.#spaceAtEnd,
    });
    if ((model.denormalizer?.precompiledCharsmap?.length ?? 0) > 0) {
      this.#denormalizer = new Normalizer(model.denormalizer!, { path: "denormalizer_spec" });
    }
    this.#segmenter = segmenterOf(model, this.vocabulary);
  }

  appendIds(text: string, ids: number[], sampling?: Sampling): void {
    const normalized = this.#normalized(text, false);
    if (sampling !== undefined || this.vocabulary.byteIds !== undefined) {
      for (const id of this.#segmented(normalized, sampling).ids) ids.push(id);
      return;
    }
    const from = ids.length;
    this.#segmenter.segment(normalized.bytes, normalized.length, ids);
    joinRepeats(ids, from, this.vocabulary.unknown);
  }

  appendDetails(text: string, builder: EncodingBuilder, { sequence, offsets, offset, sampling }: DetailOptions): void {
    const normalized = this.#normalized(text, true);
    const { bytes, origins } = normalized;
    const places = new PlaceCounter(this.#utf8.bytes, offsets);
    const spelled = this.#segmented(normalized, sampling);
    const { pieces, unknown } = this.vocabulary;
    let end = 0;
    for (const [i, id] of spelled.ids.entries()) {
      const start = end;
      end = spelled.ends[i]!;
      const isWordStart = this.#spaceAtEnd
        ? start > 2 && isSpaceMark(bytes, start - 3)
        : start < end && isSpaceMark(bytes, start);
      if (isWordStart) builder.nextWord();
      const from = offset + places.before(origins[start]!);
      const to = start === end ? from : offset + places.before(origins[end]!);
      const byte = spelled.byteOf[i]!;
      // Only an unknown piece stands for another text than its own.
      const piece = id === unknown && byte < 0 ? UTF8.decode(bytes.subarray(start, end)) : pieces.textOf(id)!;
      builder.add(id, piece, from, to, sequence);
    }
    builder.nextWord();
  }

  nBest(text: string, count: number): ScoredIds[] {
    const { unigram } = this.#segmenter;
    if (unigram === undefined) throw new Error("encodeNBest: expected a unigram model, got one of another type");
    const { bytes, length } = this.#normalized(text, false);
    if (length === 0) return [{ ids: [], score: 0 }];
    const found = nBest(unigram, bytes, length, count);
    return found.map(({ ids, ends, score }) => ({ ids: this.#spelled(bytes, ids, ends).ids, score }));
  }

  normalize(text: string): string {
    const { bytes, length } = this.#normalized(text, false);
    return UTF8.decode(bytes.subarray(0, length));
  }

  decodeStream({ skipSpecialTokens = false }: DecodeOptions = {}): DecodeStream {
    const { addDummyPrefix = true, removeExtraWhitespaces = true } = this.#model.normalizer;
    const decoder = new PieceDecoder(this.vocabulary, {
      dropsFirstSpace: addDummyPrefix || removeExtraWhitespaces,
      dropsLeadingSpaces: removeExtraWhitespaces,
      unknownText: skipSpecialTokens ? "" : (this.#model.trainer.unkSurface ?? " \u2047 "),
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
    const { unknown, byteIds } = this.vocabulary;
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
}

/** Pieces of a text: ids, the byte where each ends, and which byte it stands for if it's a byte (-1 if not). */
type SpelledPieces = { readonly ids: number[]; readonly ends: number[]; readonly byteOf: number[] };

function add(spelled: SpelledPieces, id: number, end: number, byte: number): void {
  spelled.ids.push(id);
  spelled.ends.push(end);
  spelled.byteOf.push(byte);
}

const UTF8 = new TextDecoder("utf-8", { ignoreBOM: true });
