import { compileCharsmap } from "./charsmap.js";
import { reestimate } from "./expectation-maximization.js";
import type { NormalizerSpec, Piece, PieceType, SentencePieceModel } from "./model-file.js";
import { type NormalizationName, normalizationRules } from "./nfkc-rules.js";
import type { PieceRules } from "./piece-rules.js";
import { prunePieces } from "./prune-pieces.js";
import { type ScoredTexts, seedPieces } from "./seed-pieces.js";
import { countTexts, readSentences, type Sentences } from "./training-sentences.js";
import { takeTurns } from "./turns.js";
import { byteName } from "./vocabulary.js";

/** Flags of `spm_train` in camel case, with its defaults where nothing else is said. */
export type TrainUnigramOptions = {
  /** Ids in all. */
  readonly vocabSize: number;
  /** Ids of special pieces; -1 for none. By default T5's: pad 0, end 1, unknown 2, no start. */
  readonly ids?: { readonly [Role in SpecialRole]?: number } | undefined;
  /** Names of special pieces: `<pad>`, `</s>`, `<unk>` and `<s>` by default. */
  readonly names?: { readonly [Role in SpecialRole]?: string } | undefined;
  /** Further pieces that aren't found in text, and such that are always found whole. They get the first free ids. */
  readonly controlPieces?: readonly string[] | undefined;
  readonly userDefinedPieces?: readonly string[] | undefined;
  /** Whether there are pieces for the 256 bytes, to spell unknown characters; no by default. */
  readonly byteFallback?: boolean | undefined;
  /** Rules by name, compiled by the platform's Unicode version (which takes a second), or those of another model. `nmt_nfkc` by default. */
  readonly normalizer?: NormalizationName | NormalizerSpec | undefined;
  /** The share of all characters that get a piece, the most frequent first; 0.9995 by default. */
  readonly characterCoverage?: number | undefined;
  /** Characters that get a piece in any case. */
  readonly requiredCharacters?: string | undefined;
  /** The most characters of a piece; 16 by default. */
  readonly maxPieceLength?: number | undefined;
  /** Whether pieces end where the script changes, where digits begin, and where a word does; all true by default. */
  readonly splitByUnicodeScript?: boolean | undefined;
  readonly splitByNumber?: boolean | undefined;
  readonly splitByWhitespace?: boolean | undefined;
  /** Whether every digit is a piece by itself; no by default. */
  readonly splitDigits?: boolean | undefined;
  /** Whether the mark of a space goes to the end of a word; no by default. */
  readonly treatWhitespaceAsSuffix?: boolean | undefined;
  /** Whether it's an error that the texts give fewer pieces than asked for; it is by default. */
  readonly hardVocabLimit?: boolean | undefined;
  /** How many pieces training begins with (a million), what share of them is left after a round (0.75), and how often they're reestimated in a round (2). */
  readonly seedSize?: number | undefined;
  readonly shrinkingFactor?: number | undefined;
  readonly subIterations?: number | undefined;
  readonly onProgress?: ((progress: TrainUnigramProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
};

export type SpecialRole = "pad" | "end" | "unknown" | "start";

/** How far training is: the texts are read, the seeds are found, then they're reestimated and pruned until few enough are left. */
export type TrainUnigramProgress =
  | { readonly phase: "texts"; readonly texts: number; readonly characters: number }
  | { readonly phase: "seeds"; readonly pieces: number }
  | {
      readonly phase: "pieces";
      readonly pieces: number;
      readonly vocabSize: number;
      /** The mean over the words of minus the logarithm of their probability. */
      readonly objective: number;
    };

/**
 * Learns a unigram vocabulary as SentencePiece does: from all frequent stretches of the texts, those are dropped, round by
 * round, that the likelihood of the texts needs least. Kudo 2018.
 *
 * Each line of the texts counts by itself. The same texts give the same model; their order doesn't matter but for the
 * last digits. Returns to the event loop every 50 ms, except while stretches are counted.
 *
 * @returns A model for `loadT5Tokenizer` (which adds sentinels), `loadSentencePiece` or `writeModel`.
 * @throws RangeError if `vocabSize` is too small for special pieces and characters, or too large for the texts; the
 *   signal's reason on abort.
 */
export async function trainUnigram(
  texts: Iterable<string> | AsyncIterable<string>,
  options: TrainUnigramOptions,
): Promise<SentencePieceModel> {
  checkOptions(options);
  const { vocabSize, onProgress, shrinkingFactor = 0.75, subIterations = 2 } = options;
  const special = placeSpecialPieces(options);
  const normalizer = normalizerOf(options.normalizer ?? "nmt_nfkc");
  const rules: PieceRules = {
    maxPieceLength: options.maxPieceLength ?? 16,
    splitByUnicodeScript: options.splitByUnicodeScript ?? true,
    splitByNumber: options.splitByNumber ?? true,
    splitByWhitespace: options.splitByWhitespace ?? true,
    splitDigits: options.splitDigits ?? false,
    spaceAtEnd: options.treatWhitespaceAsSuffix ?? false,
  };
  const turns = takeTurns(options.signal);
  const sentences = await readSentences(
    texts,
    {
      normalizer,
      spaceAtEnd: rules.spaceAtEnd,
      specialPieces: [...special.values()].map(({ piece }) => piece),
      characterCoverage: options.characterCoverage ?? 0.9995,
      requiredCharacters: options.requiredCharacters ?? "",
    },
    turns,
    (texts, characters) => onProgress?.({ phase: "texts", texts, characters }),
  );
  checkRoom(vocabSize, special.size, sentences);

  let pieces = seedPieces(sentences, rules, options.seedSize ?? 1_000_000);
  onProgress?.({ phase: "seeds", pieces: pieces.texts.length });
  await turns.next();
  const corpus = countTexts(sentences, rules);
  // Training stops a little above the size that is wanted; the rest are those with the lowest scores.
  const enough = Math.floor(vocabSize * 1.1);
  for (;;) {
    let objective = 0;
    for (let i = 0; i < subIterations; i++) ({ pieces, objective } = await reestimate(pieces, corpus, turns));
    onProgress?.({ phase: "pieces", pieces: pieces.texts.length, vocabSize, objective });
    if (pieces.texts.length <= enough) break;
    const most = Math.max(enough, Math.floor(shrinkingFactor * pieces.texts.length));
    pieces = await prunePieces(pieces, corpus, most, turns);
  }
  const chosen = choosePieces(pieces, sentences, vocabSize - special.size);
  const found = special.size + chosen.length;
  if (found < vocabSize && options.hardVocabLimit !== false) {
    throw new RangeError(`trainUnigram: vocabSize: the texts give ${found} pieces, fewer than the ${vocabSize} asked for`);
  }
  return {
    pieces: assemble(special, chosen),
    trainer: trainerSpecOf(options, found),
    normalizer,
  };
}

/** Special pieces by their ids. */
function placeSpecialPieces(options: TrainUnigramOptions): Map<number, Piece> {
  const ids = { pad: 0, end: 1, unknown: 2, start: -1, ...options.ids };
  const placed = new Map<number, Piece>();
  const names = new Set<string>();
  const place = (id: number, piece: string, type: PieceType): void => {
    if (piece === "" || names.has(piece)) {
      throw new Error(`trainUnigram: special pieces: expected different texts that aren't empty, got "${piece}"`);
    }
    if (placed.has(id)) throw new RangeError(`trainUnigram: ids: ${id} is given to "${placed.get(id)!.piece}" and "${piece}"`);
    names.add(piece);
    placed.set(id, { piece, score: 0, type });
  };
  if (ids.unknown < 0) throw new RangeError(`trainUnigram: ids.unknown: expected an id, got ${ids.unknown}`);
  for (const role of ["unknown", "start", "end", "pad"] as const) {
    if (ids[role] >= 0) place(ids[role], nameOf(options, role), role === "unknown" ? "unknown" : "control");
  }
  let next = 0;
  const append = (piece: string, type: PieceType): void => {
    while (placed.has(next)) next++;
    place(next, piece, type);
  };
  for (const piece of options.controlPieces ?? []) append(piece, "control");
  for (const piece of options.userDefinedPieces ?? []) append(piece, "user-defined");
  if (options.byteFallback === true) for (let byte = 0; byte < 256; byte++) append(byteName(byte), "byte");
  return placed;
}

function nameOf({ names }: TrainUnigramOptions, role: SpecialRole): string {
  return names?.[role] ?? { pad: "<pad>", end: "</s>", unknown: "<unk>", start: "<s>" }[role];
}

function normalizerOf(normalizer: NormalizationName | NormalizerSpec): NormalizerSpec {
  if (typeof normalizer !== "string") return normalizer;
  const precompiledCharsmap = compileCharsmap(normalizationRules(normalizer));
  return { name: normalizer, precompiledCharsmap, addDummyPrefix: true, removeExtraWhitespaces: true, escapeWhitespaces: true };
}

function checkRoom(vocabSize: number, specialCount: number, { count, alphabet }: Sentences): void {
  if (count === 0) throw new RangeError("trainUnigram: texts: expected some that aren't empty, got none");
  const least = specialCount + alphabet.length;
  if (vocabSize < least) {
    throw new RangeError(
      `trainUnigram: vocabSize: expected at least ${least} (${specialCount} special pieces, ${alphabet.length} characters; ` +
        `a lower characterCoverage needs fewer), got ${vocabSize}`,
    );
  }
}

/** The characters of the alphabet, and the pieces with the highest scores. */
function choosePieces({ texts, scores }: ScoredTexts, { alphabet }: Sentences, count: number): Piece[] {
  const known = new Map(texts.map((text, i) => [text, scores[i]!]));
  const lowest = scores.reduce((low, score) => Math.min(low, score), Number.POSITIVE_INFINITY);
  const chosen = new Map<string, number>();
  // Characters that were lost get different scores below all others, the frequent ones the higher.
  let penalty = 0;
  for (const [code] of alphabet) {
    const text = String.fromCodePoint(code);
    const score = known.get(text);
    chosen.set(text, score ?? lowest - penalty);
    if (score === undefined) penalty += PENALTY_STEP;
  }
  const byScore = [...known].sort(([a, scoreA], [b, scoreB]) => scoreB - scoreA || (a < b ? -1 : 1));
  for (const [text, score] of byScore) {
    if (chosen.size >= count) break;
    chosen.set(text, score);
  }
  return [...chosen]
    .sort(([a, scoreA], [b, scoreB]) => scoreB - scoreA || (a < b ? -1 : 1))
    .map(([piece, score]) => ({ piece, score: Math.fround(score), type: "normal" }));
}

const PENALTY_STEP = 0.0001;

/** Special pieces at their ids, the others around them in their order. */
function assemble(special: ReadonlyMap<number, Piece>, chosen: readonly Piece[]): Piece[] {
  const pieces: Piece[] = [];
  let next = 0;
  while (next < chosen.length || special.has(pieces.length)) pieces.push(special.get(pieces.length) ?? chosen[next++]!);
  return pieces;
}

function trainerSpecOf(options: TrainUnigramOptions, vocabSize: number): SentencePieceModel["trainer"] {
  const ids = { pad: 0, end: 1, unknown: 2, start: -1, ...options.ids };
  return {
    modelType: 1,
    vocabSize,
    characterCoverage: options.characterCoverage ?? 0.9995,
    seedSentencepieceSize: options.seedSize ?? 1_000_000,
    shrinkingFactor: options.shrinkingFactor ?? 0.75,
    numSubIterations: options.subIterations ?? 2,
    maxSentencepieceLength: options.maxPieceLength ?? 16,
    splitByUnicodeScript: options.splitByUnicodeScript ?? true,
    splitByWhitespace: options.splitByWhitespace ?? true,
    splitByNumber: options.splitByNumber ?? true,
    treatWhitespaceAsSuffix: options.treatWhitespaceAsSuffix ?? false,
    splitDigits: options.splitDigits ?? false,
    controlSymbols: options.controlPieces ?? [],
    userDefinedSymbols: options.userDefinedPieces ?? [],
    hardVocabLimit: options.hardVocabLimit ?? true,
    byteFallback: options.byteFallback ?? false,
    requiredChars: options.requiredCharacters ?? "",
    unkId: ids.unknown,
    bosId: ids.start,
    eosId: ids.end,
    padId: ids.pad,
    unkPiece: nameOf(options, "unknown"),
    bosPiece: nameOf(options, "start"),
    eosPiece: nameOf(options, "end"),
    padPiece: nameOf(options, "pad"),
  };
}

function checkOptions(options: TrainUnigramOptions): void {
  const check = (name: keyof TrainUnigramOptions, least: number, most: number, isInteger = true): void => {
    const value = options[name];
    if (value === undefined && name !== "vocabSize") return;
    if (typeof value !== "number" || !(value >= least && value <= most) || (isInteger && !Number.isInteger(value))) {
      throw new RangeError(
        `trainUnigram: ${name}: expected ${isInteger ? "an integer" : "a number"} from ${least} to ${most}, got ${value}`,
      );
    }
  };
  check("vocabSize", 1, 2 ** 20);
  check("characterCoverage", 0.5, 1, false);
  check("maxPieceLength", 1, 512);
  check("seedSize", 1, 5_000_000);
  check("shrinkingFactor", 0.1, 0.95, false);
  check("subIterations", 1, 10);
}
