import { checkInteger, JsonFields, mismatch, TokenizerJsonError } from "../json-fields.js";

/** A place in a template: a text's ids, or ids of special tokens. */
export type TemplatePart =
  | { readonly sequence: 0 | 1; readonly typeId: number }
  | { readonly ids: readonly number[]; readonly typeId: number };

/** Real templates have at most nine. */
const MAX_PARTS = 256;

const MAX_TYPE_ID = 0xffff;

/** `TemplateProcessing`: `single` and `pair` list texts and special tokens, `special_tokens` says which ids those have. */
export function parseTemplate(
  fields: JsonFields,
  pieces: readonly (string | undefined)[],
): { single: TemplatePart[]; pair: TemplatePart[] } {
  const special = fields.fields("special_tokens");
  const parse = (name: string): TemplatePart[] =>
    fields
      .list(name, MAX_PARTS)
      .map((json, index) => parsePart(new JsonFields(json, `${fields.at(name)}[${index}]`), special, pieces));
  const single = parse("single");
  const pair = parse("pair");
  if (has(pair, 0) !== has(pair, 1)) {
    throw new TokenizerJsonError(fields.at("pair"), "expected texts A and B");
  }
  if (has(single, 1)) throw new TokenizerJsonError(fields.at("single"), "expected text A only");
  return { single, pair };
}

function has(parts: readonly TemplatePart[], sequence: 0 | 1): boolean {
  return parts.some((part) => "sequence" in part && part.sequence === sequence);
}

function parsePart(fields: JsonFields, special: JsonFields, pieces: readonly (string | undefined)[]): TemplatePart {
  if (fields.get("Sequence") !== undefined) {
    const sequence = fields.fields("Sequence");
    return {
      sequence: sequence.oneOf("id", ["A", "B"]) === "A" ? 0 : 1,
      typeId: sequence.integer("type_id", MAX_TYPE_ID),
    };
  }
  const part = fields.fields("SpecialToken");
  const token = special.fields(part.string("id"));
  const ids = token.list("ids", MAX_PARTS).map((value, index) => {
    const place = `${token.at("ids")}[${index}]`;
    const id = checkInteger(value, place, pieces.length - 1);
    if (pieces[id] === undefined) throw mismatch(place, "an id of the vocabulary", value);
    return id;
  });
  return { ids, typeId: part.integer("type_id", MAX_TYPE_ID) };
}
