import type { JsonFields } from "../json-fields.js";
import { parsePattern } from "../pattern.js";
import { parsePrependScheme } from "../pre-tokenizers/metaspace.js";
import { parseStages } from "../stages.js";
import { decodeByteFallback } from "./byte-fallback.js";
import { decodeByteLevel } from "./byte-level.js";
import type { Decoder } from "./decoder.js";
import { decodeMetaspace } from "./metaspace.js";
import { decodeReplace } from "./replace.js";
import { decodeStrip } from "./strip.js";

export type ParsedDecoder = {
  readonly decode: Decoder;
  /** Whether pieces only stand for bytes, so that they can be decoded without the stages. */
  readonly isByteLevel: boolean;
};

/** A Strip decoder may be asked to take off so many characters of each piece. */
const MAX_STRIPPED = 1024;

/** The decoder of a tokenizer.json; null joins pieces with spaces. */
export function parseDecoder(json: unknown, path = "decoder"): ParsedDecoder {
  const stages = parseStages(json, path, "decoders", parseOne);
  if (stages.length === 0) return { decode: (pieces) => [pieces.join(" ")], isByteLevel: false };
  return {
    decode: (pieces) => stages.reduce<readonly string[]>((input, stage) => stage(input), pieces) as string[],
    isByteLevel: stages.length === 1 && stages[0] === decodeByteLevel,
  };
}

function parseOne(type: string, fields: JsonFields): Decoder | undefined {
  switch (type) {
    case "ByteLevel":
      return decodeByteLevel;
    case "ByteFallback":
      return decodeByteFallback;
    case "Fuse":
      return (pieces) => [pieces.join("")];
    case "Metaspace":
      return decodeMetaspace(fields.character("replacement"), parsePrependScheme(fields) !== "never");
    case "Replace":
      return decodeReplace(parsePattern(fields.get("pattern"), fields.at("pattern")), fields.string("content"));
    case "Strip":
      return decodeStrip(
        fields.character("content"),
        fields.integer("start", MAX_STRIPPED),
        fields.integer("stop", MAX_STRIPPED),
      );
    default:
      return undefined;
  }
}
