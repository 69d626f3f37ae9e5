import { tagSpans } from "@t5ts/metrics";
import type { TaggedWords } from "../reading/conll.js";
import type { TextExample } from "../text-example.js";

/** A name in a text, and of what kind it is. */
export type Entity = { label: string; text: string };

/**
 * Recognising names as text to text, as in mT5.
 *
 * tag: rick and morty are in paris → PER: rick $$ PER: morty $$ LOC: paris
 *
 * @throws RangeError naming a tag of no known scheme; see `tagSpans` of `@t5ts/metrics`.
 */
export function entityExample({ words, tags }: TaggedWords): TextExample {
  const entities = tagSpans(tags).map(({ type, start, end }) => ({
    label: type,
    text: words.slice(start, end).join(" "),
  }));
  return { inputs: `tag: ${words.join(" ")}`, targets: formatEntities(entities) };
}

/** Entities as the model writes them. */
export function formatEntities(entities: readonly Entity[]): string {
  return entities.map(({ label, text }) => `${label}: ${text}`).join(" $$ ");
}

/** The entities that a text says; parts that say none are passed over, since a model can write anything. */
export function parseEntities(text: string): Entity[] {
  return text.split("$$").flatMap((part) => {
    const [, label, name] = /^\s*([^\s:]+):\s+(\S.*?)\s*$/s.exec(part) ?? [];
    return label === undefined || name === undefined ? [] : [{ label, text: name }];
  });
}
