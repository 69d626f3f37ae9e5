import { JsonFields, type Normalizer, parseNormalizer, TokenizerJsonError } from "@t5ts/tokenizer-bpe";
import { fromBase64 } from "../model-file/base64.js";
import { MAX_CHARSMAP_BYTES, parseCharsmap } from "./charsmap.js";
import { precompiled } from "./precompiled.js";

/** Real files nest one sequence. */
const MAX_DEPTH = 1;

const MAX_STAGES = 64;

/** The normalizer of a tokenizer.json, in which `Precompiled` may stand among the stages that every tokenizer has. */
export function parseNormalizerWithRules(json: unknown, path = "normalizer", depth = 0): Normalizer {
  if (json == null) return (text) => text;
  const fields = new JsonFields(json, path);
  const type = fields.string("type");
  if (type === "Precompiled") return precompiled(readCharsmap(fields));
  if (type !== "Sequence" || depth === MAX_DEPTH) return parseNormalizer(json, path);
  const stages = fields
    .list("normalizers", MAX_STAGES)
    .map((stage, index) => parseNormalizerWithRules(stage, `${fields.at("normalizers")}[${index}]`, depth + 1));
  return (text) => stages.reduce((input, stage) => stage(input), text);
}

function readCharsmap(fields: JsonFields): ReturnType<typeof parseCharsmap> {
  const path = fields.at("precompiled_charsmap");
  const text = fields.get("precompiled_charsmap") === null ? "" : fields.string("precompiled_charsmap");
  if (text.length > MAX_CHARSMAP_BYTES * 2)
    throw new TokenizerJsonError(path, "expected at most 16 MB of rules, got more");
  const bytes = fromBase64(text);
  if (bytes === undefined) throw new TokenizerJsonError(path, "expected base64");
  return parseCharsmap(bytes, (what) => new TokenizerJsonError(path, what));
}
