import { characterEnd } from "./character-end.js";
import { JsonFields } from "./json-fields.js";
import { scannerFor } from "./pre-tokenizers/word-patterns.js";
import type { Cutter } from "./pre-tokenizers/words.js";
import { compileRegex } from "./regex.js";

/** Appends start and end of what is found in `text[start, end)` to `spans`, in order. */
export type Finder = (text: string, start: number, end: number, spans: number[]) => void;

/** What a stage looks for: a text as it is, or a regular expression. */
export type Pattern = {
  readonly find: Finder;
  /** The text that's looked for, if it is one. */
  readonly literal?: string;
  /** Finds the same; there where the pattern is known to leave nothing out. */
  readonly cut?: Cutter | undefined;
};

/** `{ "String": "…" }` or `{ "Regex": "…" }` of a tokenizer.json. */
export function parsePattern(json: unknown, path: string): Pattern {
  const fields = new JsonFields(json, path);
  const literal = fields.optionalString("String");
  if (literal !== undefined) return { literal, find: findLiteral(literal) };
  const source = fields.string("Regex");
  return { find: findMatches(compileRegex(source, fields.at("Regex"))), cut: scannerFor(source) };
}

/** Finds what a regular expression with the flag g matches. */
export function findMatches(regex: RegExp): Finder {
  return (text, start, end, spans) => {
    const part = text.slice(start, end);
    regex.lastIndex = 0;
    let lastEnd = -1;
    for (let match = regex.exec(part); match !== null; match = regex.exec(part)) {
      const to = regex.lastIndex;
      if (to > match.index) spans.push(start + match.index, start + to);
      else {
        if (to !== lastEnd) spans.push(start + to, start + to);
        regex.lastIndex = characterEnd(part, to);
      }
      lastEnd = to;
    }
  };
}

function findLiteral(literal: string): Finder {
  return (text, start, end, spans) => {
    if (literal === "") return;
    const part = text.slice(start, end);
    for (let at = part.indexOf(literal); at >= 0; at = part.indexOf(literal, at + literal.length)) {
      spans.push(start + at, start + at + literal.length);
    }
  };
}
