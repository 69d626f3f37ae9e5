import type { BpeTokenizer } from "./bpe-tokenizer.js";
import { checkTrainOptions, learnMerges } from "./learn-merges.js";
import { textBatches } from "./text-batches.js";
import type { TrainBpeOptions } from "./train-options.js";
import { takeTurns } from "./turns.js";
import { WordCounter } from "./word-counter.js";

/**
 * Learns a vocabulary: the alphabet, then the most frequent pair of pieces is made a piece, again and again.
 *
 * Every item of `texts` is a text by itself; their order doesn't matter. Equal counts are ordered by the pieces' ids, so
 * the same texts give the same vocabulary on every platform. Returns to the event loop every 50 ms.
 *
 * @throws RangeError if `vocabSize` doesn't hold special tokens, alphabet and sentinels; the signal's reason on abort.
 */
export async function trainBpe(
  texts: Iterable<string> | AsyncIterable<string>,
  options: TrainBpeOptions,
): Promise<BpeTokenizer> {
  const { onProgress } = options;
  const words = new WordCounter(checkTrainOptions(options).fill([], []));
  const turn = takeTurns(options.signal);
  let read = 0;
  const report = async (): Promise<void> => {
    onProgress?.({ phase: "texts", texts: read, words: words.table.size });
    await turn.next();
  };
  for await (const batch of textBatches(texts)) {
    for (const text of batch) {
      words.add(text);
      read++;
      if (turn.isOver()) await report();
    }
  }
  await report();
  return learnMerges(words, options, turn);
}
