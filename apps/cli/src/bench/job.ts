import type { Work } from "./work.js";

/** What a process that serves is told to do, as JSON in its last argument. */
export type BenchJob = Work & {
  backend: string;
  threads: number;
  /** For tokenizers: a tokenizer.json, for unigram also a .model file, and the texts, a line each. */
  tokenizerFile?: string;
  modelFile?: string;
  textFile?: string;
  /** For onnxruntime: the folder of the exported model. */
  onnxFolder?: string;
};
