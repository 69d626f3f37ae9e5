import { JsonFields, TokenizerJsonError } from "./json-fields.js";

/** Real files nest one sequence; a file may not choose how deep we recurse. */
const MAX_DEPTH = 8;

/** Real files have at most six; each costs a pass over the text. */
const MAX_STAGES = 64;

/**
 * The stages that a part of a tokenizer.json asks for, one after the other: none for null, those of a `Sequence` in a row.
 *
 * @param parseOne Gives undefined for a type it doesn't know.
 * @param listName The field in which a `Sequence` lists its stages.
 */
export function parseStages<T>(
  json: unknown,
  path: string,
  listName: string,
  parseOne: (type: string, fields: JsonFields) => T | undefined,
): T[] {
  const stages: T[] = [];
  const add = (value: unknown, place: string, depth: number): void => {
    const fields = new JsonFields(value, place);
    const type = fields.string("type");
    if (type !== "Sequence") {
      if (stages.length === MAX_STAGES) throw new TokenizerJsonError(place, `more than ${MAX_STAGES} stages`);
      const stage = parseOne(type, fields);
      if (stage === undefined) throw new TokenizerJsonError(fields.at("type"), `unknown type "${type}"`);
      stages.push(stage);
      return;
    }
    if (depth === MAX_DEPTH) throw new TokenizerJsonError(place, `sequences nested more than ${MAX_DEPTH} deep`);
    for (const [index, stage] of fields.list(listName, MAX_STAGES).entries())
      add(stage, `${fields.at(listName)}[${index}]`, depth + 1);
  };
  if (json != null) add(json, path, 0);
  return stages;
}
