import { prependText } from "../aligned-text.js";
import { type JsonFields, TokenizerJsonError } from "../json-fields.js";
import { findMatches, parsePattern } from "../pattern.js";
import { parseStages } from "../stages.js";
import { lowercase } from "./lowercase.js";
import type { Normalizer } from "./normalizer.js";
import { replace } from "./replace.js";
import { strip } from "./strip.js";
import { unicodeForm } from "./unicode-form.js";

/** The normalizer of a tokenizer.json; null is the one that changes nothing. */
export function parseNormalizer(json: unknown, path = "normalizer"): Normalizer {
  const stages = parseStages(json, path, "normalizers", parseOne);
  return (text) => stages.reduce((input, stage) => stage(input), text);
}

function parseOne(type: string, fields: JsonFields): Normalizer | undefined {
  switch (type) {
    case "NFC":
    case "NFD":
    case "NFKC":
    case "NFKD":
      return (text) => unicodeForm(text, type);
    case "Lowercase":
      return lowercase;
    case "StripAccents":
      return STRIP_ACCENTS;
    case "Strip":
      return strip(fields.boolean("strip_left", true), fields.boolean("strip_right", true));
    case "Prepend":
      return prepend(fields.string("prepend"));
    case "Replace":
      return replace(parsePattern(fields.get("pattern"), fields.at("pattern")), fields.string("content"));
    case "Precompiled":
      throw new TokenizerJsonError(
        fields.at("type"),
        '"Precompiled" is SentencePiece\'s: use @t5ts/tokenizer-sentencepiece',
      );
    default:
      return undefined;
  }
}

/** Leaves out combining marks; after NFD that makes `é` an `e`. */
const STRIP_ACCENTS = replace({ find: findMatches(/\p{M}+/gu) }, "");

/** Nothing is put in front of nothing. */
function prepend(content: string): Normalizer {
  return (text) => (text.text === "" ? text : prependText(content, text));
}
