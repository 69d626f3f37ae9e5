import {
  BERT_MASKING,
  CONLL_U,
  collect,
  defineTask,
  denoise,
  encodeSentencePair,
  encodeTextExample,
  formatSnipsFrame,
  IGNORED_LABEL,
  IOB2,
  maskedLm,
  nextSentenceExample,
  nextSentencePair,
  PREFIX_LM,
  parseSciTldr,
  parseSnips,
  planSpanCorruption,
  readConll,
  readDocuments,
  readJsonl,
  readTsv,
  type SnipsRecord,
  sentenceOrderExample,
  sentencePlaces,
  snipsExample,
  snipsFrame,
  snipsTags,
  spanCorruption,
  splitSentences,
  summarizePaper,
  type TaggedWords,
  type Task,
  type TextExample,
  TOKEN_TAG,
  tagNamesOf,
  tokenClassificationExample,
  translate,
} from "@t5ts/datasets";
import { fileSource } from "@t5ts/datasets/node";
import type { Rng } from "@t5ts/random";
import type { ClassifierConfig } from "@t5ts/t5-model";
import type { Tokenizer } from "@t5ts/tokenizer-bpe";
import type { TaskConfig } from "./run-config.js";
import type { RunExample } from "./run-example.js";

/** A task with its records read, and what it needs of the model beside the decoder. */
export type OpenedTask = {
  config: TaskConfig;
  task: Task<RunExample>;
  classifier?: { name: string; config: ClassifierConfig };
  /** The texts of its examples, for evaluation by generation; undefined where it has none. */
  text?: Task<TextExample>;
};

export type OpenTaskOptions = {
  tokenizer: Tokenizer;
  inputLength: number;
  targetLength: number;
  whenLonger: "cut" | "leave-out";
  /** Makes a path of the configuration one of this machine. */
  resolvePath: (path: string) => string;
};

/** The classifier of masked language modelling: its labels are the vocabulary. */
export const MASKED_LANGUAGE_MODEL = "maskedLanguageModel";

type Kind<K extends TaskConfig["kind"]> = Extract<TaskConfig, { kind: K }>;

/**
 * Reads the records of a task and says how each becomes an example.
 *
 * @throws Error naming the file and line that can't be read, or that there is no record.
 */
export async function openTask(config: TaskConfig, options: OpenTaskOptions): Promise<OpenedTask> {
  switch (config.kind) {
    case "span-corruption":
      return openSpanCorruption(config, options);
    case "masked-lm":
      return openMaskedLm(config, options);
    case "prefix-lm":
      return openPrefixLm(config, options);
    case "next-sentence":
      return openNextSentence(config, options);
    case "sentence-order":
      return openSentenceOrder(config, options);
    case "token-classification":
      return openTokenClassification(config, options, await readTagged(config, options));
    case "snips":
      if (config.target === "tags") {
        const records = await readSnips(config, options);
        return openTokenClassification(config, options, records.map(snipsTags));
      }
      return openText(config, await readSnips(config, options), snipsText(config.target), options);
    case "translation":
      return openText(
        config,
        await readAll(readTsv(source(config.file, options), [config.from, config.to]), config),
        (row) => translate(row, config.from, config.to),
        options,
      );
    case "summarization":
      return openText(
        config,
        await readAll(readJsonl(source(config.file, options), parseSciTldr), config),
        summarizePaper,
        options,
      );
    case "text":
      return openText(config, await readTextRecords(config, options), (record) => record, options);
  }
}

function openText<R>(
  config: TaskConfig,
  records: readonly R[],
  preprocess: (record: R, rng: Rng) => TextExample,
  options: OpenTaskOptions,
): OpenedTask {
  const { name } = config;
  const task = defineTask<R, RunExample>({
    name,
    records,
    preprocess: (record, rng) => {
      const encoded = encodeTextExample(preprocess(record, rng), options.tokenizer, encoding(options));
      return encoded && { kind: "text", ...encoded, ...passing(config) };
    },
  });
  return { config, task, text: defineTask({ name, records, preprocess }) };
}

async function openSpanCorruption(config: Kind<"span-corruption">, options: OpenTaskOptions): Promise<OpenedTask> {
  const { special } = options.tokenizer;
  const { noiseDensity, meanNoiseSpanLength } = config;
  const noise = { noiseDensity, meanNoiseSpanLength, roll: true };
  const { rawLength } = planSpanCorruption({ ...noise, inputLength: options.inputLength });
  const records = (await readIds(config, options)).flatMap((ids) => chunks(ids, rawLength));
  const preprocess = (ids: number[], rng: Rng): RunExample | undefined => {
    const example = spanCorruption(ids, { ...noise, sentinelIds: special.sentinels, endId: special.end }, rng);
    return example && { kind: "text", ...example, ...passing(config) };
  };
  return { config, task: defineTask({ name: config.name, records, preprocess }) };
}

async function openMaskedLm(config: Kind<"masked-lm">, options: OpenTaskOptions): Promise<OpenedTask> {
  const { special, vocabSize } = options.tokenizer;
  if (special.mask < 0) throw new Error(`${config.name}: masked-lm: expected a tokenizer with a mask token, got none`);
  const records = (await readIds(config, options)).flatMap((ids) => chunks(ids, options.inputLength));
  const masking = {
    ...BERT_MASKING,
    maskProbability: config.maskProbability,
    maskId: special.mask,
    // Not the sentinels, which are the last ids.
    randomIds: { lowest: special.mask + 1, highest: vocabSize - special.sentinels.length - 1 },
  };
  const classifier = { name: MASKED_LANGUAGE_MODEL, config: { of: "tokens", numLabels: vocabSize } as const };
  const preprocess = (ids: number[], rng: Rng): RunExample | undefined => {
    const example = maskedLm(ids, masking, rng);
    return example && { kind: "tokens", classifier: classifier.name, ...example, ...passing(config) };
  };
  return { config, classifier, task: defineTask({ name: config.name, records, preprocess }) };
}

async function openPrefixLm(config: Kind<"prefix-lm">, options: OpenTaskOptions): Promise<OpenedTask> {
  const length = Math.min(options.inputLength, options.targetLength) - 1;
  const records = (await readIds(config, options)).flatMap((ids) => chunks(ids, length));
  const preprocess = (ids: number[], rng: Rng): RunExample => ({
    kind: "text",
    ...denoise(ids, PREFIX_LM, options.tokenizer.special.end, rng),
    ...passing(config),
  });
  return { config, task: defineTask({ name: config.name, records, preprocess }) };
}

async function openNextSentence(config: Kind<"next-sentence">, options: OpenTaskOptions): Promise<OpenedTask> {
  const documents = await readSentences(config, options);
  const records = sentencePlaces(documents);
  if (config.as === "text") {
    return openText(
      config,
      records,
      (place, rng) => nextSentenceExample(nextSentencePair(documents, place, rng)),
      options,
    );
  }
  const { tokenizer, inputLength } = options;
  const classifier = { name: "nextSentence", config: { of: "sequence", numLabels: 2 } as const };
  const plain = { encode: (text: string) => tokenizer.encode(text, { addSpecialTokens: false }) };
  const { end, start } = tokenizer.special;
  const preprocess = (place: (typeof records)[number], rng: Rng): RunExample | undefined => {
    const pair = nextSentencePair(documents, place, rng);
    // The first position is read by the classifier: a mark that is the same in every input.
    const marks = { startId: start < 0 ? end : start, endId: end, separatorIds: [end] };
    const { inputIds } = encodeSentencePair(pair, plain, marks);
    if (inputIds.length > inputLength) return undefined;
    // The logits are "is next" and "is not next", in this order.
    const label = pair.isNext ? 0 : 1;
    return { kind: "sequence", classifier: classifier.name, inputIds, label, ...passing(config) };
  };
  return { config, classifier, task: defineTask({ name: config.name, records, preprocess }) };
}

async function openSentenceOrder(config: Kind<"sentence-order">, options: OpenTaskOptions): Promise<OpenedTask> {
  const documents = await readSentences(config, options);
  const runs = documents.flatMap((sentences) => chunks(sentences, config.sentences));
  const records = runs.filter((run) => run.length === config.sentences);
  return openText(config, records, sentenceOrderExample, options);
}

function openTokenClassification(
  config: Kind<"token-classification"> | Kind<"snips">,
  options: OpenTaskOptions,
  records: readonly TaggedWords[],
): OpenedTask {
  const { tokenizer, inputLength } = options;
  const tagNames = (config.kind === "token-classification" ? config.tags : undefined) ?? tagNamesOf(records);
  const classifier = { name: config.name, config: { of: "tokens", numLabels: tagNames.length } as const };
  const encodeWord = (word: string, isFirst: boolean): number[] =>
    tokenizer.encode(isFirst ? word : ` ${word}`, { addSpecialTokens: false });
  const preprocess = (tagged: TaggedWords): RunExample | undefined => {
    const example = tokenClassificationExample(tagged, { encodeWord, tagNames, endId: tokenizer.special.end });
    const isCounted = example.labels.slice(0, inputLength).some((label) => label !== IGNORED_LABEL);
    if (!isCounted || (example.inputIds.length > inputLength && options.whenLonger === "leave-out")) return undefined;
    return {
      kind: "tokens",
      classifier: classifier.name,
      inputIds: example.inputIds.slice(0, inputLength),
      labels: example.labels.slice(0, inputLength),
      ...passing(config),
    };
  };
  return { config, classifier, task: defineTask({ name: config.name, records, preprocess }) };
}

function snipsText(target: "frame" | "intent" | "slots"): (record: SnipsRecord) => TextExample {
  if (target === "frame") return snipsExample;
  if (target === "intent") return ({ text, intent }) => ({ inputs: `intent: ${text}`, targets: intent });
  return (record) => ({
    inputs: `slots: ${record.text}`,
    targets: formatSnipsFrame({ intent: "", slots: snipsFrame(record).slots }),
  });
}

function readSnips(config: Kind<"snips">, options: OpenTaskOptions): Promise<SnipsRecord[]> {
  return readAll(readJsonl(source(config.file, options), parseSnips), config);
}

function readTagged(config: Kind<"token-classification">, options: OpenTaskOptions): Promise<TaggedWords[]> {
  const columns = { iob2: IOB2, "token-tag": TOKEN_TAG, "conll-u": CONLL_U }[config.columns];
  return readAll(readConll(source(config.file, options), columns), config);
}

async function readTextRecords(config: Kind<"text">, options: OpenTaskOptions): Promise<TextExample[]> {
  const file = source(config.file, options);
  const { input, target, prefix } = config;
  const pick = (record: Record<string, unknown>): TextExample => {
    for (const field of [input, target]) {
      if (typeof record[field] !== "string") {
        throw new TypeError(`${field}: expected a text, got ${JSON.stringify(record[field]) ?? "nothing"}`);
      }
    }
    return { inputs: `${prefix}${record[input]}`, targets: record[target] as string };
  };
  if (config.format === "jsonl")
    return readAll(
      readJsonl(file, (value) => pick((value ?? {}) as Record<string, unknown>)),
      config,
    );
  return (await readAll(readTsv(file, [input, target]), config)).map(pick);
}

/** The documents of text files, each a list of sentences. */
async function readSentences(
  config: { files: string[]; limit?: number },
  options: OpenTaskOptions,
): Promise<string[][]> {
  const documents = await readFiles(config, options);
  return documents
    .map((paragraphs) => paragraphs.flatMap((paragraph) => splitSentences(paragraph)))
    .filter((sentences) => sentences.length > 1);
}

/** The documents of text files as ids, without marks. */
async function readIds(config: { files: string[]; limit?: number }, options: OpenTaskOptions): Promise<number[][]> {
  const documents = await readFiles(config, options);
  return documents.map((paragraphs) => options.tokenizer.encode(paragraphs.join("\n"), { addSpecialTokens: false }));
}

async function readFiles(config: { files: string[]; limit?: number }, options: OpenTaskOptions): Promise<string[][]> {
  const perFile = await Promise.all(config.files.map((file) => readAll(readDocuments(source(file, options)), config)));
  return perFile.flat();
}

async function readAll<T>(records: AsyncIterable<T>, { limit }: { limit?: number }): Promise<T[]> {
  if (limit === undefined) return collect(records);
  const first: T[] = [];
  for await (const record of records) {
    first.push(record);
    if (first.length === limit) break;
  }
  return first;
}

function source(file: string, { resolvePath }: OpenTaskOptions): ReturnType<typeof fileSource> {
  return fileSource(resolvePath(file));
}

/** Pieces of at most `length`; one of a single item, which nothing can be hidden of, is left out. */
function chunks<T>(items: readonly T[], length: number): T[][] {
  const count = Math.ceil(items.length / length);
  const all = Array.from({ length: count }, (_, i) => items.slice(i * length, (i + 1) * length));
  return all.filter((chunk) => chunk.length > 1);
}

function encoding({
  tokenizer,
  inputLength,
  targetLength,
  whenLonger,
}: OpenTaskOptions): Parameters<typeof encodeTextExample>[2] {
  return { endId: tokenizer.special.end, inputLength, labelLength: targetLength, whenLonger };
}

/** How a task's examples pass the model. */
function passing(config: TaskConfig): { weight: number; taskLayer?: string } {
  const { weight, taskLayer, name } = config;
  return { weight, ...(taskLayer === undefined ? {} : { taskLayer: name }) };
}
