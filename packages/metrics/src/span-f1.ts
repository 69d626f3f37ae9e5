import { checkPairs } from "./pairs.js";
import { type TagSpan, tagSchemeOf, tagSpans } from "./tag-spans.js";

/** Counts and what follows from them, each ratio 0 to 1, and 0 where it would be divided by 0. */
export type SpanScore = {
  truePositive: number;
  predicted: number;
  target: number;
  precision: number;
  recall: number;
  f1: number;
};

/**
 * F1 of named spans over a whole set of tagged sentences: a span counts if its type and both ends are right.
 *
 * Micro-averaged: all spans count alike, whatever their sentence or type. `byType` has the score of each type.
 *
 * @throws RangeError for an empty set, sentences or tags that aren't as many on both sides, or tags that aren't all of one
 *   known scheme.
 *
 * The measure of CoNLL-2000 and CoNLL-2003, with spans read as `tagSpans` reads them.
 */
export function spanF1(
  predictions: readonly (readonly string[])[],
  targets: readonly (readonly string[])[],
): SpanScore & { byType: Record<string, SpanScore> } {
  checkPairs("spanF1", predictions, targets);
  const all = new SpanCounter();
  const byType = new Map<string, SpanCounter>();
  const ofType = (type: string): SpanCounter => {
    if (!byType.has(type)) byType.set(type, new SpanCounter());
    return byType.get(type)!;
  };
  const scheme = tagSchemeOf([...targets, ...predictions]);
  for (const [i, tags] of predictions.entries()) {
    if (tags.length !== targets[i]!.length) {
      throw new RangeError(`spanF1: predictions[${i}]: expected ${targets[i]!.length} tags, got ${tags.length}`);
    }
    const wanted = tagSpans(targets[i]!, scheme);
    const found = new Set(wanted.map(spanKey));
    for (const { type } of wanted) for (const counter of [all, ofType(type)]) counter.target++;
    for (const span of tagSpans(tags, scheme)) {
      for (const counter of [all, ofType(span.type)]) {
        counter.predicted++;
        if (found.has(spanKey(span))) counter.truePositive++;
      }
    }
  }
  const types = [...byType].sort(([a], [b]) => (a < b ? -1 : 1));
  return { ...all.score(), byType: Object.fromEntries(types.map(([type, counter]) => [type, counter.score()])) };
}

/** Counts spans, one of a set or one of a type. */
export class SpanCounter {
  truePositive = 0;
  predicted = 0;
  target = 0;

  score(): SpanScore {
    const { truePositive, predicted, target } = this;
    return {
      truePositive,
      predicted,
      target,
      precision: predicted > 0 ? truePositive / predicted : 0,
      recall: target > 0 ? truePositive / target : 0,
      f1: predicted + target > 0 ? (2 * truePositive) / (predicted + target) : 0,
    };
  }
}

function spanKey({ type, start, end }: TagSpan): string {
  return `${start} ${end} ${type}`;
}
