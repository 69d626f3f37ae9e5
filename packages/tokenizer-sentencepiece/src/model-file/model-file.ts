import { MessageReader } from "./message-reader.js";
import { MessageWriter } from "./message-writer.js";
import { ModelFileError } from "./model-file-error.js";
import { modelOfPacked, PIECE_TYPES } from "./packed-pieces.js";
import { PieceReader } from "./piece-reader.js";
import type { NormalizerSpec, SentencePieceModel, TrainerSpec } from "./sentencepiece-model.js";

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
