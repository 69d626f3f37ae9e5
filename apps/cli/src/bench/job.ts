import type { Work } from "./work.js";

/** What a process that serves is told to do, as JSON in its last argument. */
export type BenchJob = Work & {
  backend: string;
  threads: number;
  /** For the tokenizer: a tokenizer.json, and the texts to encode, a line each. */
  tokenizerFile?: string;
  textFile?: string;
  /** For onnxruntime: the folder of the exported model. */
  onnxFolder?: string;
};
