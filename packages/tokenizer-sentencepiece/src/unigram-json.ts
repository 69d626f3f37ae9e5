import {
  type AddedToken,
  type AddedTokenJson,
  checkInteger,
  JsonFields,
  mismatch,
  type Normalizer,
  type ParsedDecoder,
  type ParsedPreTokenizer,
  type PostProcessor,
  parseAddedTokens,
  parseDecoder,
  parsePostProcessor,
  parsePreTokenizer,
  TokenizerJsonError,
} from "@t5ts/tokenizer-bpe";
import { MAX_PIECES, MAX_VOCABULARY_BYTES } from "./model-file/piece-reader.js";
import { parseNormalizerWithRules } from "./normalization/normalizer-json.js";
import { utf8Length } from "./t5/utf8.js";

/** The file format of Hugging Face's `tokenizers` for a unigram model. */
export type UnigramJson = {
  readonly version: string;
  readonly truncation: object | null;
  readonly padding: object | null;
  readonly added_tokens: readonly AddedTokenJson[];
  readonly normalizer: object | null;
  readonly pre_tokenizer: object | null;
  readonly post_processor: object | null;
  readonly decoder: object | null;
  readonly model: UnigramModelJson;
};

export type UnigramModelJson = {
  /** Files of old leave it out. */
  readonly type?: "Unigram";
  readonly unk_id: number | null;
  /** Pieces with their scores; the place is the id. */
  readonly vocab: readonly (readonly [string, number])[];
  readonly byte_fallback?: boolean;
};

/** A tokenizer.json, checked, with its stages ready to be used. */
export type ParsedUnigram = {
  readonly pieces: readonly string[];
  readonly scores: Float64Array;
  /** -1 for none: a text with unknown characters can't be encoded then. */
  readonly unknown: number;
  readonly byteFallback: boolean;
  readonly addedTokens: readonly AddedToken[];
  readonly normalize: Normalizer;
  readonly preTokenizer: ParsedPreTokenizer;
  /** Whether the pre-tokenizer is T5's: words are what stands between spaces, and each gets a mark. */
  readonly isMarkingWords: boolean;
  readonly postProcessor: PostProcessor;
  readonly decoder: ParsedDecoder;
  readonly json: UnigramJson;
};

/** Added tokens may have ids above those of the vocabulary. */
const MAX_ID = 2 ** 21 - 1;

/**
 * Checks a tokenizer.json whose model is `Unigram` and builds its stages.
 *
 * @throws TokenizerJsonError that names the first field it can't accept.
 */
export function parseUnigramJson(json: unknown): ParsedUnigram {
  const file = new JsonFields(json, "");
  const model = file.fields("model");
  const type = model.optionalString("type");
  if (type !== undefined && type !== "Unigram") {
    const hint = type === "BPE" ? ' ("BPE" is for loadTokenizer of @t5ts/tokenizer-bpe)' : "";
    throw mismatch(model.at("type"), `"Unigram"${hint}`, type);
  }
  const { pieces, scores } = parseVocabulary(model);
  const unknown =
    model.get("unk_id") == null ? -1 : checkInteger(model.get("unk_id"), model.at("unk_id"), pieces.length - 1);
  const addedTokens = parseAddedTokens(file, MAX_ID);
  const named: (string | undefined)[] = [...pieces];
  for (const [index, { id, content }] of addedTokens.entries()) {
    const piece = pieces[id];
    if (piece !== undefined && piece !== content) {
      throw new TokenizerJsonError(
        `added_tokens[${index}]`,
        `doesn't agree with the vocabulary, where id ${id} is "${piece}"`,
      );
    }
    while (named.length <= id) named.push(undefined);
    named[id] = content;
  }
  return {
    pieces,
    scores,
    unknown,
    byteFallback: model.boolean("byte_fallback", false),
    addedTokens,
    normalize: parseNormalizerWithRules(file.get("normalizer")),
    preTokenizer: parsePreTokenizer(file.get("pre_tokenizer"), false),
    isMarkingWords: isMarkingWords(file.get("pre_tokenizer")),
    postProcessor: parsePostProcessor(file.get("post_processor"), named),
    decoder: parseDecoder(file.get("decoder")),
    json: json as UnigramJson,
  };
}

function parseVocabulary(model: JsonFields): { pieces: string[]; scores: Float64Array } {
  const listed = model.list("vocab", MAX_PIECES);
  const pieces: string[] = [];
  const scores = new Float64Array(listed.length);
  let length = 0;
  for (const [id, entry] of listed.entries()) {
    const [piece, score] = Array.isArray(entry) ? (entry as unknown[]) : [];
    if (typeof piece !== "string" || typeof score !== "number" || !Number.isFinite(score)) {
      throw mismatch(`${model.at("vocab")}[${id}]`, "a piece and its score, a finite number", entry);
    }
    if (piece.includes("\0")) {
      throw new TokenizerJsonError(
        `${model.at("vocab")}[${id}]`,
        "expected a piece without U+0000, which ends texts here",
      );
    }
    pieces.push(piece);
    scores[id] = asNativeReads(score);
    length += utf8Length(piece) + 1;
    if (length > MAX_VOCABULARY_BYTES) {
      throw new TokenizerJsonError(
        model.at("vocab"),
        `expected at most ${MAX_VOCABULARY_BYTES} bytes in all, got more`,
      );
    }
  }
  return { pieces, scores };
}

/**
 * A number as the native library reads it from a file: its digits as an integer, which is rounded above 2^53, and then
 * divided by a power of ten. Of numbers with 17 digits, which scores are, many end up beside the one nearest to the digits,
 * and where two ways to cut a word are equally good (`-------`), that decides.
 */
function asNativeReads(score: number): number {
  const text = String(score);
  const point = text.indexOf(".");
  if (text.length <= 16 || point < 0 || Math.abs(score) < 1e-99) return score; // 15 digits aren't rounded
  const exponentAt = text.indexOf("e");
  const end = exponentAt < 0 ? text.length : exponentAt;
  const exponent = (exponentAt < 0 ? 0 : Number(text.slice(exponentAt + 1))) - (end - point - 1);
  const digits = Number(text.slice(0, point) + text.slice(point + 1, end));
  return exponent < 0 ? digits / Number(`1e${-exponent}`) : digits * Number(`1e${exponent}`);
}

/** Whether a pre-tokenizer, which has been checked, is `WhitespaceSplit` and a `Metaspace` that marks every word with `▁`. */
function isMarkingWords(json: unknown): boolean {
  const stages = (json as { pretokenizers?: Record<string, unknown>[] } | null)?.pretokenizers ?? [];
  const [first, second] = stages;
  if (stages.length !== 2 || first?.type !== "WhitespaceSplit" || second?.type !== "Metaspace") return false;
  const { replacement, prepend_scheme, add_prefix_space, split } = second;
  const scheme = prepend_scheme ?? ((add_prefix_space ?? true) ? "always" : "never");
  return replacement === "▁" && scheme === "always" && (split ?? true) === true;
}
