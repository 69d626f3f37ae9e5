// The program of a training worker, in Node and in pages: counts words, and makes the vocabulary of them.
import { checkTrainOptions, learnMerges } from "./learn-merges.js";
import type { TrainBpeProgress } from "./train-options.js";
import type { SentOptions, TrainingAnswer, TrainingQuestion } from "./training-messages.js";
import { takeTurns } from "./turns.js";
import { WordCounter } from "./word-counter.js";

type Port = {
  postMessage(answer: TrainingAnswer): void;
  onmessage: ((event: { data: TrainingQuestion }) => void) | null;
};

const node = (globalThis as { process?: NodeJS.Process }).process?.getBuiltinModule?.("node:worker_threads");
const port = (node?.parentPort ?? globalThis) as unknown as Port;

let options: SentOptions;
let words: WordCounter;

port.onmessage = async ({ data: question }) => {
  try {
    port.postMessage(await answer(question));
  } catch (error) {
    port.postMessage({ kind: "failed", error });
  }
};

async function answer(question: TrainingQuestion): Promise<TrainingAnswer> {
  switch (question.kind) {
    case "start":
      options = question.options;
      words = new WordCounter(checkTrainOptions(options).fill([], []));
      break;
    case "texts":
      for (const text of question.texts) words.add(text);
      break;
    case "give":
      return { kind: "words", words: words.pack() };
    case "learn": {
      for (const other of question.others) words.addPacked(other);
      const onProgress = (progress: TrainBpeProgress): void => port.postMessage({ kind: "progress", progress });
      const tokenizer = await learnMerges(words, { ...options, onProgress }, takeTurns(undefined));
      return { kind: "learned", file: tokenizer.toJSON() };
    }
  }
  return { kind: "counted", words: words.table.size };
}
