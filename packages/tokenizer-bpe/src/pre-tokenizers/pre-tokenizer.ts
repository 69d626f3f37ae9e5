import type { JsonFields } from "../json-fields.js";
import { findMatches, parsePattern } from "../pattern.js";
import { parseStages } from "../stages.js";
import { byteLevelCharacters, prefixSpace } from "./byte-level.js";
import { metaspace, parsePrependScheme } from "./metaspace.js";
import { SPLIT_BEHAVIORS, split } from "./split.js";
import { GPT2_PATTERN, scannerFor } from "./word-patterns.js";
import { type PreTokenizer, type Stage, sequence } from "./words.js";

export type ParsedPreTokenizer = PreTokenizer & {
  /** Whether the words are still to be spelled in the characters that stand for bytes, which the model does faster. */
  readonly isByteLevel: boolean;
  /** Whether words depend on where in the original a text begins. */
  readonly asksOrigin: boolean;
};

/**
 * The pre-tokenizer of a tokenizer.json; null is the one that leaves the text whole.
 *
 * @param modelSpellsBytes Whether the model can take over spelling words in bytes.
 */
export function parsePreTokenizer(
  json: unknown,
  modelSpellsBytes: boolean,
  path = "pre_tokenizer",
): ParsedPreTokenizer {
  let asksOrigin = false;
  const stages = parseStages(json, path, "pretokenizers", (type, fields) => {
    asksOrigin ||= fields.get("prepend_scheme") === "first";
    return parseOne(type, fields);
  }).flat();
  const isByteLevel = modelSpellsBytes && stages.at(-1) === byteLevelCharacters;
  return { ...sequence(isByteLevel ? stages.slice(0, -1) : stages), isByteLevel, asksOrigin };
}

function parseOne(type: string, fields: JsonFields): Stage[] | undefined {
  switch (type) {
    case "ByteLevel":
      return [
        ...(fields.boolean("add_prefix_space", true) ? [prefixSpace] : []),
        ...(fields.boolean("use_regex", true) ? [{ cut: scannerFor(GPT2_PATTERN)! }] : []),
        byteLevelCharacters,
      ];
    case "Metaspace":
      return metaspace({
        replacement: fields.character("replacement"),
        prependScheme: parsePrependScheme(fields),
        split: fields.boolean("split", true),
      });
    case "Whitespace":
      return [split({ find: findMatches(WORDS_AND_SIGNS) }, "Removed", true)];
    case "WhitespaceSplit":
      return [split({ find: findMatches(/\p{White_Space}/gu) }, "Removed")];
    case "Punctuation":
      return [split({ find: findMatches(PUNCTUATION) }, fields.oneOf("behavior", SPLIT_BEHAVIORS, "Isolated"))];
    case "Digits":
      return [
        split({ find: findMatches(/\p{N}/gu) }, fields.boolean("individual_digits", false) ? "Isolated" : "Contiguous"),
      ];
    case "Split": {
      const pattern = parsePattern(fields.get("pattern"), fields.at("pattern"));
      return [split(pattern, fields.oneOf("behavior", SPLIT_BEHAVIORS), fields.boolean("invert", false))];
    }
    default:
      return undefined;
  }
}

// What Rust's regular expressions call a word: Ⅷ and joiners are in it too.
const WORD = "\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\p{Join_Control}";
const WORDS_AND_SIGNS = new RegExp(`[${WORD}]+|[^${WORD}\\p{White_Space}]+`, "gu");

// Unicode's punctuation, and ASCII's signs that Unicode counts as symbols.
const PUNCTUATION = /[\p{P}$+<=>^`|~]/gu;
