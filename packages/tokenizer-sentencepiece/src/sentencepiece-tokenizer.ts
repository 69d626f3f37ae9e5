import type {
  DecodeOptions,
  DecodeStream,
  DetailedEncodeOptions,
  EncodeOptions,
  Encoding,
  SpecialIds,
  Tokenizer,
} from "@t5ts/tokenizer-bpe";
import { toBase64 } from "./model-file/base64.js";
import { writeModel } from "./model-file/model-file.js";
import type { SentencePieceModel } from "./model-file/sentencepiece-model.js";
import { EncodingBuilder } from "./segmentation/encoding-builder.js";
import type { Sampling } from "./segmentation/sampling.js";
import type { Vocabulary } from "./segmentation/vocabulary.js";
import { type ScoredIds, TextProcessor } from "./text-processor.js";

/** Which marks `encode` writes. */
export type Marks = "none" | "end" | "start-end";

export type SentencePieceOptions = {
  /** Which marks `encode` writes; none by default, as SentencePiece. */
  readonly marks?: Marks | undefined;
};

type WithSampling = {
  /** Draws the pieces at random. */
  readonly sampling?: Sampling | undefined;
};

export type SentencePieceEncodeOptions = EncodeOptions & WithSampling;

/** The form in which a tokenizer is kept as JSON: the .model file in base64. */
export type SentencePieceJson = { readonly type: "SentencePiece"; readonly marks: Marks; readonly model: string };

/** A tokenizer that does what SentencePiece does with the same model. Made by `loadSentencePiece`. */
export class SentencePieceTokenizer implements Tokenizer {
  readonly model: SentencePieceModel;
  readonly vocabSize: number;
  readonly special: SpecialIds;
  readonly #processor: TextProcessor;
  readonly #marks: Marks;

  /** @throws ModelFileError that names what in the model can't be. */
  constructor(model: SentencePieceModel, { marks = "none" }: SentencePieceOptions = {}) {
    if (!MARKS.includes(marks)) {
      throw new TypeError(
        `loadSentencePiece: marks: expected ${MARKS.map((each) => `"${each}"`).join(" or ")}, got ${marks}`,
      );
    }
    this.model = model;
    this.#processor = new TextProcessor(model);
    this.vocabSize = this.#processor.vocabulary.pieces.count;
    this.special = findSpecialIds(model, this.#processor.vocabulary);
    this.#marks = marks;
    if (marks !== "none" && this.special.end < 0) throw lacks("end", marks, model.trainer.eosPiece ?? "</s>");
    if (marks === "start-end" && this.special.start < 0) throw lacks("start", marks, model.trainer.bosPiece ?? "<s>");
  }

  encode(text: string, { pair, addSpecialTokens = true, sampling }: SentencePieceEncodeOptions = {}): number[] {
    const ids: number[] = addSpecialTokens ? this.#startMarks() : [];
    for (const each of pair === undefined ? [text] : [text, pair]) {
      this.#processor.appendIds(each, ids, sampling);
      if (addSpecialTokens) ids.push(...this.#endMarks());
    }
    return ids;
  }

  /** Of an unknown piece, `pieces` has the text that it stands for. */
  encodeDetailed(text: string, options: DetailedEncodeOptions & WithSampling = {}): Encoding {
    const { pair, addSpecialTokens = true, offsets = "utf16", sampling } = options;
    const builder = new EncodingBuilder();
    const mark = (ids: readonly number[]): void => {
      if (addSpecialTokens) for (const id of ids) builder.addMark(id, this.pieceOf(id)!);
    };
    mark(this.#startMarks());
    for (const [sequence, each] of (pair === undefined ? [text] : [text, pair]).entries()) {
      this.#processor.appendDetails(each, builder, { sequence: sequence as 0 | 1, offsets, offset: 0, sampling });
      mark(this.#endMarks());
    }
    return builder.finish();
  }

  /**
   * The `count` best ways to spell a text, the best first, without marks. Fewer come out if there are fewer.
   *
   * @throws Error if the model isn't a unigram model: others know only one way.
   */
  encodeNBest(text: string, count: number): ScoredIds[] {
    if (!(Number.isInteger(count) && count > 0 && count <= MAX_N_BEST)) {
      throw new RangeError(`encodeNBest: count: expected an integer from 1 to ${MAX_N_BEST}, got ${count}`);
    }
    return this.#processor.nBest(text, count);
  }

  /** A text as the model sees it. */
  normalize(text: string): string {
    return this.#processor.normalize(text);
  }

  decode(ids: Iterable<number>, options: DecodeOptions = {}): string {
    const stream = this.decodeStream(options);
    let text = "";
    for (const id of ids) text += stream.push(id);
    return text + stream.end();
  }

  /** Control pieces never print; an unknown one prints nothing with `skipSpecialTokens`. */
  decodeStream(options: DecodeOptions = {}): DecodeStream {
    return this.#processor.decodeStream(options);
  }

  idOf(piece: string): number | undefined {
    return this.#processor.vocabulary.idOf(piece);
  }

  pieceOf(id: number): string | undefined {
    return this.#processor.vocabulary.pieces.textOf(id);
  }

  /** The model as a .model file. */
  toModelFile(): Uint8Array {
    return writeModel(this.model);
  }

  toJSON(): SentencePieceJson {
    return { type: "SentencePiece", marks: this.#marks, model: toBase64(this.toModelFile()) };
  }

  #startMarks(): number[] {
    return this.#marks === "start-end" ? [this.special.start] : [];
  }

  #endMarks(): number[] {
    return this.#marks === "none" ? [] : [this.special.end];
  }
}

const MARKS: readonly Marks[] = ["none", "end", "start-end"];

/** As SentencePiece. */
const MAX_N_BEST = 1024;

function findSpecialIds({ trainer }: SentencePieceModel, vocabulary: Vocabulary): SpecialIds {
  const control = (piece: string): number => vocabulary.find(piece, "control");
  const sentinels: number[] = [];
  for (let i = 0; i < vocabulary.pieces.count; i++) {
    const name = `<extra_id_${i}>`;
    const id = [`▁${name}`, name]
      .map((piece) => vocabulary.find(piece, "user-defined", "control"))
      .find((each) => each >= 0);
    if (id === undefined) break;
    sentinels.push(id);
  }
  return {
    pad: control(trainer.padPiece ?? "<pad>"),
    end: control(trainer.eosPiece ?? "</s>"),
    unknown: vocabulary.unknown,
    start: control(trainer.bosPiece ?? "<s>"),
    mask:
      ["<mask>", "[MASK]"].map((piece) => vocabulary.find(piece, "user-defined", "control")).find((id) => id >= 0) ??
      -1,
    sentinels,
  };
}

function lacks(mark: string, marks: string, piece: string): Error {
  return new Error(
    `loadSentencePiece: marks: "${marks}" needs a control piece for the ${mark}, but the model has no "${piece}"`,
  );
}
