import { TextRewriter } from "../aligned-text.js";
import type { Pattern } from "../pattern.js";
import type { Normalizer } from "./normalizer.js";

/** Writes `content` for everything the pattern finds; it stands for the last character of what was found. */
export function replace(pattern: Pattern, content: string): Normalizer {
  return (input) => {
    const { text } = input;
    if (input.origins === undefined && pattern.literal)
      return { ...input, text: text.replaceAll(pattern.literal, () => content) };
    const spans: number[] = [];
    pattern.find(text, 0, text.length, spans);
    if (spans.length === 0) return input;
    const rewriter = new TextRewriter(input);
    let at = 0;
    for (let i = 0; i < spans.length; i += 2) {
      rewriter.keep(at, spans[i]!);
      at = spans[i + 1]!;
      rewriter.put(content, Math.max(at - 1, 0));
    }
    rewriter.keep(at, text.length);
    return rewriter.finish();
  };
}
