import { checkPairs } from "./pairs.js";
import { SpanCounter, type SpanScore } from "./span-f1.js";
import { countEach } from "./token-f1.js";
import { trimSpace } from "./words.js";

/** A named entity as mT5 writes it: its type and its text. */
export type TextSpan = { type: string; text: string };

/**
 * F1 of named entities written as text, 0 to 1, over all entities of the set: “PER: rick $$ LOC: garage”.
 *
 * An entity counts as often as it is on both sides. Places aren't compared: the text has none.
 *
 * @throws RangeError for an empty set or unequal lengths.
 *
 * mT5, `span_f1` in `multilingual_t5/evaluation/metrics.py`.
 */
export function textSpanF1(predictions: readonly string[], targets: readonly string[]): SpanScore {
  checkPairs("textSpanF1", predictions, targets);
  const counter = new SpanCounter();
  for (const [i, prediction] of predictions.entries()) {
    const wanted = parseTextSpans(targets[i]!).map(spanKey);
    const found = parseTextSpans(prediction).map(spanKey);
    const wantedCounts = countEach(wanted);
    counter.target += wanted.length;
    counter.predicted += found.length;
    for (const [key, count] of countEach(found)) counter.truePositive += Math.min(count, wantedCounts.get(key) ?? 0);
  }
  return counter.score();
}

/** Entities divided by “ $$ ”, type and text by a colon. Parts without a colon, or with several, are left out. */
export function parseTextSpans(text: string): TextSpan[] {
  return text.split(" $$ ").flatMap((part) => {
    const [type, span, ...more] = part.split(":").map(trimSpace);
    return type === undefined || span === undefined || more.length > 0 ? [] : [{ type, text: span }];
  });
}

function spanKey({ type, text }: TextSpan): string {
  return `${type}:${text}`;
}
