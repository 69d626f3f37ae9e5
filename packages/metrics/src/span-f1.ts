import { checkPairs } from "./pairs.js";

/** A stretch of tokens of one type, from `start` up to but not including `end`. */
export type TagSpan = { type: string; start: number; end: number };

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
 * @throws RangeError for an empty set, or sentences or tags that aren't as many on both sides.
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
  for (const [i, tags] of predictions.entries()) {
    if (tags.length !== targets[i]!.length) {
      throw new RangeError(`spanF1: predictions[${i}]: expected ${targets[i]!.length} tags, got ${tags.length}`);
    }
    const wanted = tagSpans(targets[i]!);
    const found = new Set(wanted.map(spanKey));
    for (const { type } of wanted) for (const counter of [all, ofType(type)]) counter.target++;
    for (const span of tagSpans(tags)) {
      for (const counter of [all, ofType(span.type)]) {
        counter.predicted++;
        if (found.has(spanKey(span))) counter.truePositive++;
      }
    }
  }
  const types = [...byType].sort(([a], [b]) => (a < b ? -1 : 1));
  return { ...all.score(), byType: Object.fromEntries(types.map(([type, counter]) => [type, counter.score()])) };
}

/**
 * The spans in a sequence of IOB2 tags, in order.
 *
 *     B-PER I-PER O B-LOC → PER 0 to 2, LOC 3 to 4
 *
 * Lenient about beginnings: an I tag that continues no span of its type opens one, as after O or at a change of type.
 * So IOB1 is read right too. A tag that is neither B nor I is outside.
 */
export function tagSpans(tags: readonly string[]): TagSpan[] {
  const spans: TagSpan[] = [];
  let open: TagSpan | undefined;
  for (const [i, tag] of tags.entries()) {
    const [, prefix, type = ""] = /^([BI])(?:-(.*))?$/su.exec(tag) ?? [];
    if (prefix === undefined) open = undefined;
    else if (prefix === "I" && open?.type === type) open.end = i + 1;
    else {
      open = { type, start: i, end: i + 1 };
      spans.push(open);
    }
  }
  return spans;
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
