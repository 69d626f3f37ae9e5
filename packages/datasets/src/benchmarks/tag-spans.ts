/** A run of words that a tagging marks: from `start` to before `end`. */
export type TagSpan = { label: string; start: number; end: number };

/**
 * The spans of IOB tags, in order: B- begins one, I- of the same label goes on, anything else ends it.
 *
 * An I- that follows nothing of its label begins a span too; so IOB1 is read as well, and what a model tags.
 */
export function tagSpans(tags: readonly string[]): TagSpan[] {
  const spans: TagSpan[] = [];
  let open: TagSpan | undefined;
  for (const [i, tag] of tags.entries()) {
    const [, prefix, label] = /^([BI])-(.+)$/s.exec(tag) ?? [];
    if (open && (prefix !== "I" || label !== open.label)) open = undefined;
    if (open) open.end = i + 1;
    else if (label !== undefined) {
      open = { label, start: i, end: i + 1 };
      spans.push(open);
    }
  }
  return spans;
}

/** The IOB2 tags of `length` words with these spans. */
export function spanTags(spans: readonly TagSpan[], length: number): string[] {
  const tags = new Array<string>(length).fill("O");
  for (const { label, start, end } of spans) {
    for (let i = start; i < end; i++) tags[i] = `${i === start ? "B" : "I"}-${label}`;
  }
  return tags;
}
