import { originOf, prependText } from "../aligned-text.js";
import { MAX_BOUNDS, type Stage } from "./words.js";

export type MetaspaceOptions = {
  /** The character that is written for a space. */
  readonly replacement: string;
  /** Where a mark is put in front of a text that doesn't begin with one: before each piece, the first, or none. */
  readonly prependScheme: "always" | "first" | "never";
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
