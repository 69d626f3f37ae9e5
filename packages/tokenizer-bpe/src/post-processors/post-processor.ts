import { type JsonFields, TokenizerJsonError } from "../json-fields.js";
import { parseStages } from "../stages.js";
import { parseTemplate, type TemplatePart } from "./template.js";

/** What is done with the ids of one or two texts. */
export type PostProcessor = {
  /** The parts in their order, for one text and for two. */
  readonly single: readonly TemplatePart[];
  readonly pair: readonly TemplatePart[];
  /** Whether offsets leave out the spaces at both ends of a piece; and whether encoding may have put one in front of a text. */
  readonly trimsOffsets: boolean;
  readonly addsPrefixSpace: boolean;
};

const PLAIN: PostProcessor = {
  single: [{ sequence: 0, typeId: 0 }],
  pair: [
    { sequence: 0, typeId: 0 },
    { sequence: 1, typeId: 1 },
  ],
  trimsOffsets: false,
  addsPrefixSpace: false,
};

/** The post-processor of a tokenizer.json; null is the one that puts one text after the other. */
export function parsePostProcessor(
  json: unknown,
  pieces: readonly (string | undefined)[],
  path = "post_processor",
): PostProcessor {
  const stages = parseStages(json, path, "processors", (type, fields) => parseOne(type, fields, pieces));
  if (stages.filter(({ single }) => single).length > 1) {
    throw new TokenizerJsonError(path, "expected one template at most");
  }
  return Object.assign({}, PLAIN, ...stages) as PostProcessor;
}

function parseOne(
  type: string,
  fields: JsonFields,
  pieces: readonly (string | undefined)[],
): Partial<PostProcessor> | undefined {
  switch (type) {
    case "TemplateProcessing":
      return parseTemplate(fields, pieces);
    case "ByteLevel":
      return trimming(fields);
    default:
      return undefined;
  }
}

function trimming(fields: JsonFields): Partial<PostProcessor> {
  if (!fields.boolean("trim_offsets", true)) return {};
  return { trimsOffsets: true, addsPrefixSpace: fields.boolean("add_prefix_space", true) };
}
