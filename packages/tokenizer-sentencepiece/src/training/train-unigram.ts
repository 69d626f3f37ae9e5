import type { NormalizerSpec, SentencePieceModel } from "../model-file/sentencepiece-model.js";
import { compileCharsmap } from "../normalization/charsmap.js";
import { type NormalizationName, normalizationRules } from "../normalization/nfkc-rules.js";
import { takeTurns } from "../turns.js";
import { reestimate } from "./expectation-maximization.js";
import type { PieceRules } from "./piece-rules.js";
import { prunePieces } from "./prune-pieces.js";
import { seedPieces } from "./seed-pieces.js";
import { countTexts, readSentences, type Sentences } from "./training-sentences.js";
import {
  assemble,
  choosePieces,
  idOf,
  nameOf,
  placeSpecialPieces,
  type SpecialPieceOptions,
} from "./training-vocabulary.js";

/** Flags of `spm_train` in camel case, with its defaults where nothing else is said. */
export type TrainUnigramOptions = SpecialPieceOptions & {
  /** Ids in all. */
  readonly vocabSize: number;
  /** Rules by name, compiled by the platform's Unicode version (which takes a second), or those of another model. `nmt_nfkc` by default. */
  readonly normalizer?: NormalizationName | NormalizerSpec | undefined;
  /** The share of all characters that get a piece, the most frequent first; 0.9995 by default. */
  readonly characterCoverage?: number | undefined;
  /** Characters that get a piece in any case. */
  readonly requiredCharacters?: string | undefined;
  /** The most characters that are held; of texts with more, every second line is left out, and every second of those left, until they are few enough. None is by default. */
  readonly mostCharacters?: number | undefined;
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

/** How far training is: the texts are read, the seeds are found, then they're reestimated and pruned until few enough are left. */
export type TrainUnigramProgress =
  | {
      readonly phase: "texts";
      readonly texts: number;
      readonly characters: number;
      /** One line in so many is held. */
      readonly lineStep: number;
    }
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
      mostCharacters: options.mostCharacters ?? Number.POSITIVE_INFINITY,
    },
    turns,
    (texts, characters, lineStep) => onProgress?.({ phase: "texts", texts, characters, lineStep }),
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
    throw new RangeError(
      `trainUnigram: vocabSize: the texts give ${found} pieces, fewer than the ${vocabSize} asked for`,
    );
  }
  return {
    pieces: assemble(special, chosen),
    trainer: trainerSpecOf(options, found),
    normalizer,
  };
}

function normalizerOf(normalizer: NormalizationName | NormalizerSpec): NormalizerSpec {
  if (typeof normalizer !== "string") return normalizer;
  const precompiledCharsmap = compileCharsmap(normalizationRules(normalizer));
  return {
    name: normalizer,
    precompiledCharsmap,
    addDummyPrefix: true,
    removeExtraWhitespaces: true,
    escapeWhitespaces: true,
  };
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

function trainerSpecOf(options: TrainUnigramOptions, vocabSize: number): SentencePieceModel["trainer"] {
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
    unkId: idOf(options, "unknown"),
    bosId: idOf(options, "start"),
    eosId: idOf(options, "end"),
    padId: idOf(options, "pad"),
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
  check("mostCharacters", 1, Number.MAX_SAFE_INTEGER);
  check("maxPieceLength", 1, 512);
  check("seedSize", 1, 5_000_000);
  check("shrinkingFactor", 0.1, 0.95, false);
  check("subIterations", 1, 10);
}
