import { MessageReader } from "./message-reader.js";
import { MessageWriter } from "./message-writer.js";
import { ModelFileError } from "./model-file-error.js";
import { modelOfPacked, PIECE_TYPES } from "./packed-pieces.js";
import { PieceReader } from "./piece-reader.js";

/** What a .model file holds: SentencePiece's `ModelProto`. */
export type SentencePieceModel = {
  /** The vocabulary; a piece's place is its id. */
  readonly pieces: readonly Piece[];
  readonly trainer: TrainerSpec;
  readonly normalizer: NormalizerSpec;
  /** What is done to a text after decoding; few models have it. */
  readonly denormalizer?: NormalizerSpec | undefined;
  /** Fields that we don't know or don't use, as they stand in the file. */
  readonly otherFields?: Uint8Array | undefined;
};

export type Piece = {
  readonly piece: string;
  /** In a unigram model the logarithm of its probability; in BPE the merge with the highest score comes first. */
  readonly score: number;
  readonly type: PieceType;
};

/**
 * `normal` pieces are found in text. `user-defined` ones are taken over as they are by normalization, and cost nearly
 * nothing, or in BPE are never merged; `control` ones are never found and print nothing; `byte` ones spell characters that no piece has; `unused` ones are kept for their ids.
 */
export type PieceType = "normal" | "unknown" | "control" | "user-defined" | "unused" | "byte";

/** How the model was trained, by the names of SentencePiece's flags in camel case. A field that isn't there has SentencePiece's default. */
export type TrainerSpec = {
  readonly input?: readonly string[];
  readonly modelPrefix?: string;
  readonly modelType?: number;
  readonly vocabSize?: number;
  readonly acceptLanguage?: readonly string[];
  readonly selfTestSampleSize?: number;
  readonly inputFormat?: string;
  readonly characterCoverage?: number;
  readonly inputSentenceSize?: number;
  readonly miningSentenceSize?: number;
  readonly trainingSentenceSize?: number;
  readonly seedSentencepieceSize?: number;
  readonly shrinkingFactor?: number;
  readonly numThreads?: number;
  readonly numSubIterations?: number;
  readonly maxSentenceLength?: number;
  readonly shuffleInputSentence?: boolean;
  readonly maxSentencepieceLength?: number;
  readonly splitByUnicodeScript?: boolean;
  readonly splitByWhitespace?: boolean;
  readonly splitByNumber?: boolean;
  readonly treatWhitespaceAsSuffix?: boolean;
  readonly splitDigits?: boolean;
  readonly allowWhitespaceOnlyPieces?: boolean;
  readonly controlSymbols?: readonly string[];
  readonly userDefinedSymbols?: readonly string[];
  readonly vocabularyOutputPieceScore?: boolean;
  readonly hardVocabLimit?: boolean;
  readonly useAllVocab?: boolean;
  readonly byteFallback?: boolean;
  readonly requiredChars?: string;
  readonly unkId?: number;
  readonly bosId?: number;
  readonly eosId?: number;
  readonly padId?: number;
  readonly unkSurface?: string;
  readonly unkPiece?: string;
  readonly bosPiece?: string;
  readonly eosPiece?: string;
  readonly padPiece?: string;
  readonly trainExtremelyLargeCorpus?: boolean;
  readonly otherFields?: Uint8Array;
};

/** How a text is normalized. A field that isn't there has SentencePiece's default; the three flags default to true. */
export type NormalizerSpec = {
  readonly name?: string;
  /** The rules, compiled: see `parseCharsmap`. */
  readonly precompiledCharsmap?: Uint8Array;
  readonly addDummyPrefix?: boolean;
  readonly removeExtraWhitespaces?: boolean;
  readonly escapeWhitespaces?: boolean;
  readonly normalizationRuleTsv?: string;
  readonly otherFields?: Uint8Array;
};

/**
 * Reads a .model file.
 *
 * @throws ModelFileError that names the first field it can't accept.
 */
export function parseModel(file: Uint8Array): SentencePieceModel {
  const bytes = new Uint8Array(file.buffer, file.byteOffset, file.length); // not Node's Buffer, whose slices are views
  const pieceReader = new PieceReader();
  const reader = new MessageReader(bytes, "", -1, pieceReader.readPlain(bytes));
  let trainer: TrainerSpec = {};
  let normalizer: NormalizerSpec = {};
  let denormalizer: NormalizerSpec | undefined;
  while (reader.next()) {
    if (reader.field === 1) pieceReader.read(reader.message("pieces", pieceReader.count), bytes);
    else if (reader.field === 2) trainer = readSpec(reader.message("trainer_spec"), TRAINER_FIELDS);
    else if (reader.field === 3) normalizer = readSpec(reader.message("normalizer_spec"), NORMALIZER_FIELDS);
    else if (reader.field === 5) denormalizer = readSpec(reader.message("denormalizer_spec"), NORMALIZER_FIELDS);
    else reader.skip();
  }
  const pieces = pieceReader.finish();
  if (pieces.count === 0) throw new ModelFileError("pieces", "expected at least one, got none");
  return modelOfPacked(pieces, {
    trainer,
    normalizer,
    ...(denormalizer === undefined ? {} : { denormalizer }),
    ...(reader.otherFields === undefined ? {} : { otherFields: reader.otherFields }),
  });
}

/** Writes a .model file; of a model that was read, the same bytes if SentencePiece wrote them. */
export function writeModel(model: SentencePieceModel): Uint8Array {
  const writer = new MessageWriter();
  const piece = new MessageWriter();
  for (const { piece: text, score, type } of model.pieces) {
    piece.clear();
    piece.string(1, text);
    piece.float(2, score);
    if (type !== "normal") piece.int32(3, PIECE_TYPES.indexOf(type));
    writer.bytes(1, piece.finish());
  }
  writer.bytes(2, writeSpec(model.trainer, TRAINER_FIELDS));
  writer.bytes(3, writeSpec(model.normalizer, NORMALIZER_FIELDS));
  if (model.denormalizer !== undefined) writer.bytes(5, writeSpec(model.denormalizer, NORMALIZER_FIELDS));
  if (model.otherFields !== undefined) writer.raw(model.otherFields);
  return writer.finish();
}

type FieldKind = "int32" | "uint64" | "boolean" | "float" | "string" | "bytes" | "strings";
type Fields<T> = { readonly [Name in Exclude<keyof T, "otherFields">]-?: readonly [number: number, kind: FieldKind] };

// In the order of their numbers, in which they are written.
const TRAINER_FIELDS: Fields<TrainerSpec> = {
  input: [1, "strings"],
  modelPrefix: [2, "string"],
  modelType: [3, "int32"],
  vocabSize: [4, "int32"],
  acceptLanguage: [5, "strings"],
  selfTestSampleSize: [6, "int32"],
  inputFormat: [7, "string"],
  characterCoverage: [10, "float"],
  inputSentenceSize: [11, "uint64"],
  miningSentenceSize: [12, "int32"],
  trainingSentenceSize: [13, "int32"],
  seedSentencepieceSize: [14, "int32"],
  shrinkingFactor: [15, "float"],
  numThreads: [16, "int32"],
  numSubIterations: [17, "int32"],
  maxSentenceLength: [18, "int32"],
  shuffleInputSentence: [19, "boolean"],
  maxSentencepieceLength: [20, "int32"],
  splitByUnicodeScript: [21, "boolean"],
  splitByWhitespace: [22, "boolean"],
  splitByNumber: [23, "boolean"],
  treatWhitespaceAsSuffix: [24, "boolean"],
  splitDigits: [25, "boolean"],
  allowWhitespaceOnlyPieces: [26, "boolean"],
  controlSymbols: [30, "strings"],
  userDefinedSymbols: [31, "strings"],
  vocabularyOutputPieceScore: [32, "boolean"],
  hardVocabLimit: [33, "boolean"],
  useAllVocab: [34, "boolean"],
  byteFallback: [35, "boolean"],
  requiredChars: [36, "string"],
  unkId: [40, "int32"],
  bosId: [41, "int32"],
  eosId: [42, "int32"],
  padId: [43, "int32"],
  unkSurface: [44, "string"],
  unkPiece: [45, "string"],
  bosPiece: [46, "string"],
  eosPiece: [47, "string"],
  padPiece: [48, "string"],
  trainExtremelyLargeCorpus: [49, "boolean"],
};

const NORMALIZER_FIELDS: Fields<NormalizerSpec> = {
  name: [1, "string"],
  precompiledCharsmap: [2, "bytes"],
  addDummyPrefix: [3, "boolean"],
  removeExtraWhitespaces: [4, "boolean"],
  escapeWhitespaces: [5, "boolean"],
  normalizationRuleTsv: [6, "string"],
};

function readSpec<T extends { otherFields?: Uint8Array }>(reader: MessageReader, fields: Fields<T>): T {
  const byNumber = fieldsByNumber(fields);
  const spec: Record<string, unknown> = {};
  while (reader.next()) {
    const found = byNumber.get(reader.field);
    if (found === undefined) {
      reader.skip();
      continue;
    }
    const { name, protoName, kind } = found;
    if (kind !== "strings") spec[name] = reader[kind](protoName);
    else {
      const list = (spec[name] ??= []) as string[];
      list.push(reader.string(protoName));
    }
  }
  if (reader.otherFields !== undefined) spec.otherFields = reader.otherFields;
  return spec as T;
}

type NamedField = { readonly name: string; readonly protoName: string; readonly kind: FieldKind };

function fieldsByNumber<T>(fields: Fields<T>): ReadonlyMap<number, NamedField> {
  const known = BY_NUMBER.get(fields);
  if (known !== undefined) return known;
  const byNumber = new Map<number, NamedField>();
  for (const [name, [number, kind]] of entries(fields)) {
    byNumber.set(number, { name, protoName: name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), kind });
  }
  BY_NUMBER.set(fields, byNumber);
  return byNumber;
}

const BY_NUMBER = new WeakMap<object, ReadonlyMap<number, NamedField>>();

function writeSpec<T extends { otherFields?: Uint8Array }>(spec: T, fields: Fields<T>): Uint8Array {
  const writer = new MessageWriter();
  for (const [name, [number, kind]] of entries(fields)) {
    const value = (spec as Record<string, unknown>)[name];
    if (value === undefined) continue;
    if (kind === "strings") for (const each of value as string[]) writer.string(number, each);
    else writer[kind](number, value as never);
  }
  if (spec.otherFields !== undefined) writer.raw(spec.otherFields);
  return writer.finish();
}

function entries<T>(fields: Fields<T>): [string, readonly [number, FieldKind]][] {
  return Object.entries(fields);
}
