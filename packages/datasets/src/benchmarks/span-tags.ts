import type { TagSpan } from "@t5ts/metrics";

/** Writes the IOB2 tags of `length` words with these spans. */
export function spanTags(spans: readonly TagSpan[], length: number): string[] {
  const tags = new Array<string>(length).fill("O");
  for (const { type, start, end } of spans) {
    for (let i = start; i < end; i++) tags[i] = `${i === start ? "B" : "I"}-${type}`;
  }
  return tags;
}
