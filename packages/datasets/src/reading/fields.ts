import type { TextExample } from "../text-example.js";

/** Where the fields of a line are, and what they're called. */
export type FieldOptions = {
  names: readonly string[];
  /** The place of each, from 0; unless given, in order from the first. */
  columns?: readonly number[];
  /** What divides fields: a tab unless given. */
  delimiter?: string;
};

/**
 * The named fields of a line. Fields are raw: quotes mean themselves.
 *
 * @throws RangeError if the line has too few.
 */
export function parseFields(line: string, { names, columns, delimiter = "\t" }: FieldOptions): Record<string, string> {
  const fields = line.split(delimiter);
  const places = columns ?? names.map((_, i) => i);
  return Object.fromEntries(
    names.map((name, i) => {
      const field = fields[places[i] ?? -1];
      if (field === undefined) {
        throw new RangeError(`parseFields: expected "${name}" in field ${places[i]}, got ${fields.length} fields`);
      }
      return [name, field];
    }),
  );
}

/**
 * A text example from templates in which `{name}` stands for a field.
 *
 * { numer: "42", denom: "7" }, "numerator: {numer}" → numerator: 42
 *
 * @param fields By name, or a list by place: `{0}`. Braces around anything else are left as they are.
 */
export function formatFields(
  fields: Readonly<Record<string, string>> | readonly string[],
  formats: { inputs: string; targets: string },
): TextExample {
  const byName = new Map(Object.entries(fields));
  const format = (template: string) => template.replace(/\{([^{}]*)\}/g, (mark, name) => byName.get(name) ?? mark);
  return { inputs: format(formats.inputs), targets: format(formats.targets) };
}
