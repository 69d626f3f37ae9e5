import { type AddedToken, parseAddedTokens } from "./added-tokens.js";
import type { BpeModelOptions } from "./bpe-model.js";
import type { BpeVocabulary } from "./bpe-vocabulary.js";
import { BYTE_CHARACTERS } from "./byte-alphabet.js";
import { type ParsedDecoder, parseDecoder } from "./decoders/parse-decoder.js";
import { checkInteger, JsonFields, mismatch, TokenizerJsonError } from "./json-fields.js";
import type { Normalizer } from "./normalizers/normalizer.js";
import { parseNormalizer } from "./normalizers/parse-normalizer.js";
import { PairTable } from "./pair-table.js";
import { type PostProcessor, parsePostProcessor } from "./post-processors/post-processor.js";
import { type ParsedPreTokenizer, parsePreTokenizer } from "./pre-tokenizers/pre-tokenizer.js";

/** The file format of Hugging Face's `tokenizers` for byte pair encoding. */
export type TokenizerJson = {
  readonly version: string;
  readonly truncation: object | null;
  readonly padding: object | null;
  readonly added_tokens: readonly AddedTokenJson[];
  readonly normalizer: object | null;
  readonly pre_tokenizer: object | null;
  readonly post_processor: object | null;
  readonly decoder: object | null;
  readonly model: BpeModelJson;
};

export type AddedTokenJson = {
  readonly id: number;
  readonly content: string;
  readonly single_word: boolean;
  readonly lstrip: boolean;
  readonly rstrip: boolean;
  readonly normalized: boolean;
  readonly special: boolean;
};

export type BpeModelJson = {
  readonly type: "BPE";
  readonly dropout: number | null;
  readonly unk_token: string | null;
  readonly continuing_subword_prefix: string | null;
  readonly end_of_word_suffix: string | null;
  readonly fuse_unk: boolean;
  readonly byte_fallback: boolean;
  readonly ignore_merges: boolean;
  readonly vocab: Readonly<Record<string, number>>;
  /** Pairs of pieces; files of old write `"left right"`. */
  readonly merges: readonly (readonly [string, string] | string)[];
};

/** A tokenizer.json, checked, with its stages ready to be used. */
export type ParsedTokenizer = {
  readonly vocabulary: BpeVocabulary;
  readonly modelOptions: BpeModelOptions;
  readonly dropoutRate: number;
  readonly addedTokens: readonly AddedToken[];
  readonly normalize: Normalizer;
  /** Whether there is a normalizer. */
  readonly isNormalized: boolean;
  readonly preTokenizer: ParsedPreTokenizer;
  readonly postProcessor: PostProcessor;
  readonly decoder: ParsedDecoder;
  /** The id of a piece or an added token. */
  idOf(piece: string): number | undefined;
  /** The file but for vocabulary and merges, a copy. */
  readonly json: TokenizerJson;
};

/** The largest vocabularies have 2^18 pieces; more than these couldn't be read or refused within two seconds. */
const MAX_ID = 2 ** 19 - 1;

/** Every merge makes a piece. */
const MAX_MERGES = MAX_ID + 1;

/**
 * Checks a tokenizer.json and builds its stages.
 *
 * @param toNormalizer Makes its normalizer, which may be of a type that isn't known here.
 * @throws TokenizerJsonError that names the first field it can't accept.
 */
export function parseTokenizerJson(
  json: unknown,
  toNormalizer: (json: unknown) => Normalizer = parseNormalizer,
): ParsedTokenizer {
  const file = new JsonFields(json, "");
  const model = file.fields("model");
  checkModelType(model);
  const { ids, pieces } = parseVocabulary(model.fields("vocab"));
  const merges = parseMerges(model, ids);
  const addedTokens = parseAddedTokens(file, MAX_ID);
  for (const [index, { id, content }] of addedTokens.entries()) {
    const knownId = ids.get(content) ?? id;
    const known = pieces[id] ?? content;
    if (knownId !== id || known !== content) {
      const other = knownId !== id ? `"${content}" has id ${knownId}` : `id ${id} is "${known}"`;
      throw new TokenizerJsonError(`added_tokens[${index}]`, `doesn't agree with the vocabulary, where ${other}`);
    }
    growTo(pieces, id);
    pieces[id] = content;
  }
  const addedIds = new Map(addedTokens.map(({ content, id }) => [content, id]));
  const spellsBytes = BYTE_CHARACTERS.every((character) => ids.has(character));
  const preTokenizer = parsePreTokenizer(file.get("pre_tokenizer"), spellsBytes);
  return {
    vocabulary: { pieces, ids, merges },
    modelOptions: { ...parseModelOptions(model, ids), isByteLevel: preTokenizer.isByteLevel },
    dropoutRate: parseDropout(model),
    addedTokens,
    normalize: toNormalizer(file.get("normalizer")),
    isNormalized: file.get("normalizer") != null,
    preTokenizer,
    postProcessor: parsePostProcessor(file.get("post_processor"), pieces),
    decoder: parseDecoder(file.get("decoder")),
    idOf: (piece) => ids.get(piece) ?? addedIds.get(piece),
    json: copyFields({
      ...(json as TokenizerJson),
      model: { ...(model.object as BpeModelJson), vocab: {}, merges: [] },
    }),
  };
}

/** A copy of what is kept unread too, which may be nested deeper than there's stack. */
function copyFields<T extends object>(file: T): T {
  const copies = Object.entries(file).map(([name, value]) => {
    try {
      return [name, structuredClone(value)];
    } catch {
      throw new TokenizerJsonError(name, "nested too deep");
    }
  });
  return Object.fromEntries(copies) as T;
}

/** The file that a tokenizer was made from, with merges as pairs. */
export function writeTokenizerJson({ json, vocabulary: { pieces, ids, merges } }: ParsedTokenizer): TokenizerJson {
  const written: [string, string][] = [];
  for (let i = 0; i < merges.length; i += 3) written.push([pieces[merges[i]!]!, pieces[merges[i + 1]!]!]);
  const vocab = Object.fromEntries([...ids].sort(([, a], [, b]) => a - b));
  return { ...structuredClone(json), model: { ...json.model, vocab, merges: written } };
}

function checkModelType(model: JsonFields): void {
  const type = model.optionalString("type");
  if (type === "BPE" || (type === undefined && model.get("merges") !== undefined)) return;
  const path = model.at("type");
  if (type === "Unigram") {
    throw new TokenizerJsonError(path, '"Unigram" is SentencePiece\'s: use @t5ts/tokenizer-sentencepiece');
  }
  throw mismatch(path, '"BPE"', type);
}

function parseVocabulary(vocab: JsonFields): { ids: Map<string, number>; pieces: (string | undefined)[] } {
  const ids = new Map<string, number>();
  const pieces: (string | undefined)[] = [];
  const listed = Object.keys(vocab.object);
  if (listed.length > MAX_ID + 1) throw new TokenizerJsonError(vocab.path, `more than ${MAX_ID + 1} pieces`);
  for (const piece of listed) {
    const place = `${vocab.path}[${quoted(piece)}]`;
    const id = checkInteger((vocab.object as Record<string, unknown>)[piece], place, MAX_ID);
    growTo(pieces, id);
    if (pieces[id] !== undefined) throw new TokenizerJsonError(place, `has the id ${id} of ${quoted(pieces[id])}`);
    pieces[id] = piece;
    ids.set(piece, id);
  }
  return { ids, pieces };
}

/** A piece in a message; it may have millions of characters. */
function quoted(piece: string): string {
  return JSON.stringify(piece.slice(0, 60));
}

/** An array with holes would be slow to read. */
function growTo(pieces: (string | undefined)[], id: number): void {
  while (pieces.length <= id) pieces.push(undefined);
}

function parseMerges(model: JsonFields, ids: ReadonlyMap<string, number>): Int32Array {
  const listed = model.list("merges", MAX_MERGES);
  const merges = new Int32Array(listed.length * 3);
  const pairs = new PairTable(listed.length);
  // From the last to the first: where a pair is listed twice, the later place counts, as in Hugging Face's reader.
  let at = merges.length;
  for (let index = listed.length - 1; index >= 0; index--) {
    const [left, right] = splitMerge(listed[index], model, index);
    const idOf = (piece: string): number => {
      const id = ids.get(piece);
      if (id === undefined)
        throw new TokenizerJsonError(`${model.at("merges")}[${index}]`, `${quoted(piece)} isn't in the vocabulary`);
      return id;
    };
    const size = pairs.size;
    if (pairs.intern(idOf(left), idOf(right)) !== size) continue;
    merges[--at] = idOf(left + right);
    merges[--at] = idOf(right);
    merges[--at] = idOf(left);
  }
  return merges.subarray(at);
}

function splitMerge(merge: unknown, model: JsonFields, index: number): [string, string] {
  const parts: unknown[] = typeof merge === "string" ? merge.split(" ") : Array.isArray(merge) ? merge : [];
  // An empty part would let a piece be made of itself.
  if (parts.length !== 2 || !parts.every((part) => typeof part === "string" && part !== "")) {
    throw mismatch(`${model.at("merges")}[${index}]`, 'two pieces, as ["a", "b"] or "a b"', merge);
  }
  return parts as [string, string];
}

function parseModelOptions(model: JsonFields, ids: ReadonlyMap<string, number>): Omit<BpeModelOptions, "isByteLevel"> {
  for (const name of ["continuing_subword_prefix", "end_of_word_suffix"]) {
    if ((model.optionalString(name) ?? "") !== "") throw mismatch(model.at(name), "null or nothing", model.get(name));
  }
  const unknownPiece = model.optionalString("unk_token");
  const unknown = ids.get(unknownPiece as string); // undefined for undefined
  if (unknownPiece !== undefined && unknown === undefined)
    throw mismatch(model.at("unk_token"), "a piece of the vocabulary", unknownPiece);
  return {
    unknown,
    fuseUnknown: model.boolean("fuse_unk", false),
    byteFallback: model.boolean("byte_fallback", false),
    ignoreMerges: model.boolean("ignore_merges", false),
  };
}

function parseDropout(model: JsonFields): number {
  const rate = model.get("dropout") ?? 0;
  if (typeof rate !== "number" || !(rate >= 0 && rate <= 1))
    throw mismatch(model.at("dropout"), "null or a number from 0 to 1", rate);
  return rate;
}
