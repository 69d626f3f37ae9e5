import type { TextExample } from "../text-example.js";

/** One way to fill in an example: the option `idx[1]` of record `idx[0]`. */
export type RankedExample = TextExample & { idx: [record: number, option: number]; isCorrect: boolean };

/** The options of a record: input and target of each, and which are right. */
export type RankOptions = {
  inputs: readonly string[];
  targets: readonly string[];
  isCorrect: readonly boolean[];
};

/**
 * An example for each option. A classifier scores them all and takes the likeliest; to train one, keep those with
 * `isCorrect`.
 *
 * @param record The record's number, kept in `idx` so that the options can be brought together again.
 * @throws RangeError if the lists differ in length.
 */
export function rankClassification(record: number, { inputs, targets, isCorrect }: RankOptions): RankedExample[] {
  if (inputs.length !== isCorrect.length || targets.length !== isCorrect.length) {
    throw new RangeError(
      "rankClassification: expected as many inputs as targets and marks, " +
        `got ${inputs.length}, ${targets.length} and ${isCorrect.length}`,
    );
  }
  return inputs.map((input, option) => ({
    idx: [record, option],
    inputs: input,
    targets: targets[option]!,
    isCorrect: isCorrect[option]!,
  }));
}
