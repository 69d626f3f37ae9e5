import type { Rng } from "@t5ts/random";

/**
 * A random part of `inputs` with `length` ids that contains the first occurrence of `answer`: for answering questions
 * on texts that are too long.
 *
 * Undefined if a text that is too long doesn't contain `answer`, or `answer` itself is longer. Other texts stay as they are.
 */
export function truncateAroundAnswer(
  inputs: readonly number[],
  answer: readonly number[],
  length: number,
  rng: Rng,
): number[] | undefined {
  if (inputs.length <= length) return [...inputs];
  const place = inputs.findIndex(
    (_, i) => i + answer.length <= inputs.length && answer.every((id, j) => id === inputs[i + j]),
  );
  if (place === -1 || answer.length > length) return undefined;
  const first = Math.max(0, place - (length - answer.length));
  const last = Math.min(place, inputs.length - length);
  const start = first + rng.integer(last - first + 1);
  return inputs.slice(start, start + length);
}
