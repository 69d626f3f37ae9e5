import type { TextExample } from "../text-example.js";

/** A ReCoRD question: which of the entities of a passage belongs in place of `@placeholder`. */
export type EntityQuestion = {
  passage: string;
  query: string;
  entities: readonly string[];
  answers: readonly string[];
};

/**
 * An example for each right answer; one with `<unk>` if the answers are hidden. The passage's `@highlight` lines become
 * sentences.
 *
 * record query: It was @placeholder. entities: A, B passage: A passage. A highlight. → A
 */
export function recordEntities({ passage, query, entities, answers }: EntityQuestion): TextExample[] {
  const text = passage.replace(/([.?!"'])\n@highlight\n/g, "$1 ").replaceAll("\n@highlight\n", ". ");
  const inputs = `record query: ${query} entities: ${entities.join(", ")} passage: ${text}`;
  return (answers.length > 0 ? answers : ["<unk>"]).map((targets) => ({ inputs, targets }));
}
