import { z } from "zod";

/** What `t5 train` is told: the file RUN.json. Paths are relative to the file's folder; `$T5_DATA/…` to that folder. */
export type RunConfig = z.infer<typeof runSchema>;

/** One kind of examples that a run learns from, or is judged by. */
export type TaskConfig = z.infer<typeof taskSchema>;

/** What the bottom of the model is made of, where a run doesn't go on from another. */
export type ModelConfig = z.infer<typeof modelSchema>;

const count = z.int().min(1);
const fraction = z.number().min(0).lt(1);
const paths = z.array(z.string()).min(1);

const taskLayerSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("identity") }),
  z.strictObject({ kind: z.literal("linear") }),
  z.strictObject({ kind: z.literal("adapter"), dBottleneck: count }),
  z.strictObject({ kind: z.literal("block") }),
]);

const shared = {
  name: z.string().min(1),
  /** How often the task is drawn, beside the others; by default the number of its records, capped. */
  rate: z.number().positive().optional(),
  /** What its loss is multiplied by. */
  weight: z.number().positive().default(1),
  /** A layer of its own between encoder and decoder. */
  taskLayer: taskLayerSchema.optional(),
  /** At most this many records are read. */
  limit: count.optional(),
};

const taskSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    ...shared,
    kind: z.literal("span-corruption"),
    files: paths,
    noiseDensity: fraction.default(0.15),
    meanNoiseSpanLength: z.number().min(1).default(3),
  }),
  z.strictObject({ ...shared, kind: z.literal("masked-lm"), files: paths, maskProbability: fraction.default(0.15) }),
  z.strictObject({ ...shared, kind: z.literal("prefix-lm"), files: paths }),
  z.strictObject({
    ...shared,
    kind: z.literal("next-sentence"),
    files: paths,
    /** Two logits on the encoder, or the words `next` and `not_next`. */
    as: z.enum(["classifier", "text"]).default("classifier"),
  }),
  z.strictObject({ ...shared, kind: z.literal("sentence-order"), files: paths, sentences: z.int().min(2).default(3) }),
  z.strictObject({
    ...shared,
    kind: z.literal("translation"),
    file: z.string(),
    from: z.string().length(2),
    to: z.string().length(2),
  }),
  z.strictObject({ ...shared, kind: z.literal("summarization"), file: z.string() }),
  z.strictObject({
    ...shared,
    kind: z.literal("snips"),
    file: z.string(),
    /** Intent and slots, one of them, all as text; or a tag for each word, by a classifier. */
    target: z.enum(["frame", "intent", "slots", "tags"]).default("frame"),
  }),
  z.strictObject({
    ...shared,
    kind: z.literal("text"),
    file: z.string(),
    format: z.enum(["jsonl", "tsv"]).default("jsonl"),
    input: z.string(),
    target: z.string(),
    prefix: z.string().default(""),
  }),
  z.strictObject({
    ...shared,
    kind: z.literal("token-classification"),
    file: z.string(),
    columns: z.enum(["iob2", "token-tag", "conll-u"]).default("token-tag"),
    /** The tags, in the order of their logits; by default those in the file, sorted. */
    tags: z.array(z.string()).min(1).optional(),
  }),
]);

const modelSchema = z.strictObject({
  preset: z
    .enum(["t5-tiny", "t5-small", "t5-base", "t5-v1_1-small", "t5-v1_1-base", "described-tiny"])
    .default("t5-tiny"),
  /** Fields of `config.json` that differ from the preset's. */
  config: z.record(z.string(), z.unknown()).default({}),
});

const optimizerSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("adamw"),
    beta1: fraction.default(0.9),
    beta2: fraction.default(0.999),
    epsilon: z.number().positive().default(1e-6),
    weightDecay: z.number().min(0).default(0),
    isRmsScaled: z.boolean().default(false),
  }),
  z.strictObject({ kind: z.literal("adafactor") }),
]);

const scheduleSchema = z.strictObject({
  kind: z.enum(["constant", "cosine", "linear", "inverse-square-root"]).default("cosine"),
  learningRate: z.number().positive(),
  warmupSteps: z.int().min(0).default(0),
});

const runSchema = z.strictObject({
  $schema: z.string().optional(),
  /** The folder for the model, its checkpoints and the log. */
  output: z.string(),
  seed: z.int().min(0).optional(),
  /** A `tokenizer.json`; by default that of the model the run goes on from. */
  tokenizer: z.string().optional(),
  /** A folder with a model to go on from, or what a new one is made of. */
  from: z.string().optional(),
  model: modelSchema.optional(),
  tasks: z.array(taskSchema).min(1),
  mixing: z
    .strictObject({ maximum: z.number().positive().optional(), temperature: z.number().min(1).default(1) })
    .default({ temperature: 1 }),
  /** Examples in a step, and the most tokens of one on each side. */
  batchSize: count,
  inputLength: z.int().min(8),
  targetLength: z.int().min(2),
  whenLonger: z.enum(["cut", "leave-out"]).default("cut"),
  batchesPerStep: count.default(1),
  steps: count,
  optimizer: optimizerSchema.default({
    kind: "adamw",
    beta1: 0.9,
    beta2: 0.999,
    epsilon: 1e-6,
    weightDecay: 0,
    isRmsScaled: false,
  }),
  schedule: scheduleSchema,
  clipNorm: z.number().positive().default(1),
  dropoutRate: fraction.optional(),
  zLoss: z.number().min(0).default(0),
  labelSmoothing: fraction.default(0),
  /** Whether blocks are computed again for their gradients: less memory, a third more work. */
  recomputesBlocks: z.boolean().default(false),
  /** Whether the weights of the losses are learned beside the model (Kendall et al. 2018). */
  learnsLossWeights: z.boolean().default(false),
  /** Parameters whose path begins with one of these stay as they are. */
  frozen: z.array(z.string()).default([]),
  evaluation: z
    .strictObject({ everySteps: count, tasks: z.array(taskSchema).min(1), limit: count.default(256) })
    .optional(),
  /** Saved this often, by steps and by the clock; the last ones stay. */
  checkpoints: z
    .strictObject({
      everySteps: count.optional(),
      everyMinutes: z.number().positive().default(5),
      keep: count.default(2),
    })
    .default({ everyMinutes: 5, keep: 2 }),
});

/**
 * Reads the content of a RUN.json.
 *
 * @param file Its name, for messages.
 * @throws Error naming each field that is missing or can't be accepted.
 */
export function parseRunConfig(json: unknown, file: string): RunConfig {
  const result = runSchema.safeParse(json);
  if (!result.success) {
    const issues = result.error.issues.map(({ path, message }) => `${formatPath(path)}: ${message}`);
    throw new Error(`${file}: ${issues.join("\n  ")}`);
  }
  if (result.data.from !== undefined && result.data.model !== undefined) {
    throw new Error(`${file}: model: a run goes on "from" a model or makes a new one, not both`);
  }
  if (result.data.from === undefined && result.data.tokenizer === undefined) {
    throw new Error(`${file}: tokenizer: expected the path of a tokenizer.json, got nothing`);
  }
  return result.data;
}

function formatPath(path: readonly PropertyKey[]): string {
  const text = path.reduce<string>((joined, key) => {
    if (typeof key === "number") return `${joined}[${key}]`;
    return joined === "" ? String(key) : `${joined}.${String(key)}`;
  }, "");
  return text === "" ? "the whole file" : text;
}
