import { trimSpace } from "./words.js";

/**
 * The place of `text` among `labels`, or `fallback` if it isn't one of them: how a generated answer becomes a class.
 *
 * T5, `string_label_to_class_id` in `t5/data/postprocessors.py`.
 */
export function labelToClassId(text: string, labels: readonly string[], fallback = -1): number {
  const id = labels.indexOf(text);
  return id >= 0 ? id : fallback;
}

/**
 * The number that `text` writes in decimals, such as “3.8” or “1e-3”, or `fallback` if it is anything else.
 *
 * T5, `string_to_float` in `t5/data/postprocessors.py`, without Python's words for infinity and its underscores.
 */
export function labelToNumber(text: string, fallback = -1): number {
  const number = trimSpace(text);
  return /^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]+)?$/i.test(number) ? Number(number) : fallback;
}
