import { originOf, prependText } from "../aligned-text.js";
import type { JsonFields } from "../json-fields.js";
import { MAX_BOUNDS, type Stage } from "./words.js";

/** Where a mark is put in front of a text that doesn't begin with one: before each piece, the first, or none. */
type PrependScheme = "always" | "first" | "never";

export type MetaspaceOptions = {
  /** The character that is written for a space. */
  readonly replacement: string;
  readonly prependScheme: PrependScheme;
  /** Whether words are cut before each mark. */
  readonly split: boolean;
};

/** Writes spaces as a visible mark and cuts before each: `Hey you` → `▁Hey`, `▁you`. */
export function metaspace({ replacement, prependScheme, split }: MetaspaceOptions): Stage[] {
  const marking: Stage = {
    change: (piece) => {
      const marked = { ...piece, text: piece.text.replaceAll(" ", () => replacement) };
      const isPrepended = prependScheme === "always" || (prependScheme === "first" && originOf(piece, 0) === 0);
      return isPrepended && !marked.text.startsWith(replacement) ? prependText(replacement, marked) : marked;
    },
  };
  if (!split) return [marking];
  const unit = replacement.charCodeAt(0);
  const cutting: Stage = {
    cut: (text, start, end, bounds) => {
      for (let at = start + 1; at < end; at++) {
        if (text.charCodeAt(at) !== unit || !text.startsWith(replacement, at)) continue;
        bounds.push(start, at);
        start = at;
        if (bounds.length >= MAX_BOUNDS) return at;
      }
      bounds.push(start, end);
      return end;
    },
  };
  return [marking, cutting];
}

export function parsePrependScheme(fields: JsonFields): PrependScheme {
  const inOldFiles = fields.boolean("add_prefix_space", true) ? "always" : "never";
  return fields.oneOf("prepend_scheme", ["always", "first", "never"], inOldFiles);
}
