import type { ModelConfig, RunConfig } from "../run/run-config.js";

/** Which architecture the quickstart trains: what the design describes, or the published T5. */
export type Dialect = "published" | "described";

/** Everything that the quickstart decides: sizes, steps and rates that fit into a few minutes on two cores. */
export const VOCAB_SIZE = 4096;
const INPUT_LENGTH = 64;
const TARGET_LENGTH = 64;
const BATCH_SIZE = 32;
const STEPS = { phase1: 250, phase2: 700, fineTuning: 300 };

/** The books of phase I; Oz is held out. */
export const BOOKS: readonly string[] = [
  "alice-in-wonderland",
  "andersens-fairy-tales",
  "grimms-fairy-tales",
  "jungle-book",
  "peter-pan",
  "secret-garden",
  "tom-sawyer",
  "wind-in-the-willows",
];
const HELD_OUT_BOOK = "wizard-of-oz";

export const book = (name: string): string => `gutenberg-en/${name}.txt.gz`;
export const SNIPS_TRAIN = "snips/train.jsonl.gz";
export const SNIPS_VALIDATION = "snips/validate.jsonl.gz";
export const TATOEBA_TRAIN = "tatoeba-en-zh/train.tsv.gz";
const TATOEBA_VALIDATION = "tatoeba-en-zh/valid.tsv.gz";

/** Small enough for minutes, the same width and depth in both dialects. */
export function quickstartModel(dialect: Dialect): ModelConfig {
  const size = { d_model: 128, d_kv: 32, d_ff: 384, num_layers: 2, num_decoder_layers: 2, num_heads: 4 };
  return { preset: dialect === "described" ? "described-tiny" : "t5-tiny", config: { ...size, dropout_rate: 0 } };
}

type PhaseRun = Pick<RunConfig, "tasks" | "steps" | "schedule" | "evaluation">;

/** Phase I: predict what is hidden of books, and whether a sentence follows another. */
export const PHASE_1: PhaseRun = {
  tasks: [
    {
      kind: "span-corruption",
      name: "books",
      files: BOOKS.map(book),
      noiseDensity: 0.15,
      meanNoiseSpanLength: 3,
      rate: 3,
      weight: 1,
    },
    { kind: "next-sentence", name: "next sentence", files: BOOKS.map(book), as: "classifier", rate: 1, weight: 1 },
  ],
  steps: STEPS.phase1,
  schedule: { kind: "cosine", learningRate: 0.02, warmupSteps: 20 },
  evaluation: {
    everySteps: STEPS.phase1,
    limit: 192,
    tasks: [
      {
        kind: "span-corruption",
        name: "held-out book",
        files: [book(HELD_OUT_BOOK)],
        noiseDensity: 0.15,
        meanNoiseSpanLength: 3,
        weight: 1,
      },
    ],
  },
};

/** Phase II, from phase I: several tasks at once, each named by its prefix. */
export const PHASE_2: PhaseRun = {
  tasks: [
    { kind: "snips", name: "intents", file: SNIPS_TRAIN, target: "intent", rate: 1, weight: 1 },
    { kind: "snips", name: "slots", file: SNIPS_TRAIN, target: "slots", rate: 3, weight: 1 },
    { kind: "translation", name: "translation", file: TATOEBA_TRAIN, from: "en", to: "zh", rate: 0.7, weight: 1 },
    {
      kind: "sentence-order",
      name: "sentence order",
      files: BOOKS.slice(0, 3).map(book),
      sentences: 2,
      rate: 0.5,
      weight: 1,
    },
  ],
  steps: STEPS.phase2,
  schedule: { kind: "cosine", learningRate: 0.02, warmupSteps: 20 },
  evaluation: {
    everySteps: STEPS.phase2,
    limit: 192,
    tasks: [
      { kind: "snips", name: "intents", file: SNIPS_VALIDATION, target: "intent", weight: 1 },
      { kind: "translation", name: "translation", file: TATOEBA_VALIDATION, from: "en", to: "zh", weight: 1 },
    ],
  },
};

/** Fine-tuning: a command as text → its intent and slots as text. */
export const FINE_TUNING: PhaseRun = {
  tasks: [{ kind: "snips", name: "snips", file: SNIPS_TRAIN, target: "frame", weight: 1 }],
  steps: STEPS.fineTuning,
  schedule: { kind: "cosine", learningRate: 0.02, warmupSteps: 20 },
  evaluation: undefined,
};

/** A phase as a run: what all of them share. */
export function phaseRun(phase: PhaseRun, output: string): RunConfig {
  return {
    ...phase,
    output,
    mixing: { temperature: 1 },
    batchSize: BATCH_SIZE,
    inputLength: INPUT_LENGTH,
    targetLength: TARGET_LENGTH,
    whenLonger: "leave-out",
    batchesPerStep: 1,
    // Scaled by the size of each parameter: without it, so few steps leave the decoder blind to its input.
    optimizer: { kind: "adamw", beta1: 0.9, beta2: 0.98, epsilon: 1e-6, weightDecay: 0, isRmsScaled: true },
    clipNorm: 1,
    zLoss: 1e-4,
    labelSmoothing: 0,
    recomputesBlocks: false,
    learnsLossWeights: false,
    frozen: [],
    checkpoints: { everyMinutes: 5, keep: 1 },
  };
}
