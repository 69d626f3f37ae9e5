import { closestName, suggest } from "./closest-name.js";

/** Reads the fields of an object that came from outside; each complaint names the field by its path. */
export class FieldReader {
  readonly #place: string;
  readonly #fields: Record<string, unknown>;
  /** What was asked for, whether it was there or not. */
  readonly #known = new Set<string>();

  /** @param place What the object is, put in front of every field's name. */
  constructor(place: string, json: unknown) {
    if (typeof json !== "object" || json === null || Array.isArray(json)) {
      throw new TypeError(`${place}: expected an object, got ${describe(json)}`);
    }
    this.#place = place;
    this.#fields = json as Record<string, unknown>;
  }

  number(field: string, options: { min?: number; below?: number; default?: number } = {}): number {
    const value = this.#get(field) ?? options.default;
    const { min = Number.NEGATIVE_INFINITY, below = Number.POSITIVE_INFINITY } = options;
    if (typeof value !== "number" || !(value >= min && value < below)) {
      const bounds = [`from ${min}`, ...(below < Number.POSITIVE_INFINITY ? [`below ${below}`] : [])].join(" and ");
      this.#fail(field, `a number ${bounds}`, value);
    }
    return value as number;
  }

  integer(field: string, options: { min: number; default?: number }): number {
    const value = this.#get(field) ?? options.default;
    if (!Number.isSafeInteger(value) || (value as number) < options.min) {
      this.#fail(field, `an integer from ${options.min} on`, value);
    }
    return value as number;
  }

  integerOrIntegers(field: string, { min }: { min: number }): number | number[] {
    const value = this.#get(field);
    const isInteger = (x: unknown): boolean => Number.isSafeInteger(x) && (x as number) >= min;
    if (Array.isArray(value) ? !value.every(isInteger) : !isInteger(value)) {
      this.#fail(field, `an integer from ${min} on, or a list of them`, value);
    }
    return value as number | number[];
  }

  boolean(field: string, fallback: boolean): boolean {
    const value = this.#get(field) ?? fallback;
    if (typeof value !== "boolean") this.#fail(field, "true or false", value);
    return value as boolean;
  }

  oneOf<const T extends string>(field: string, allowed: readonly T[], fallback?: T): T {
    const value = this.#get(field) ?? fallback;
    if (!allowed.includes(value as T)) {
      this.#fail(field, `one of ${allowed.map((word) => `"${word}"`).join(", ")}`, value);
    }
    return value as T;
  }

  /** A reader of an object inside this one, or undefined if there is none. */
  optional(field: string): FieldReader | undefined {
    const value = this.#get(field);
    return value === undefined ? undefined : new FieldReader(this.#path(field), value);
  }

  /** A record of objects, each read by `parse`; {} if there is none. */
  record<T>(field: string, parse: (reader: FieldReader) => T): Record<string, T> {
    const value = this.#get(field);
    if (value === undefined) return {};
    const inside = new FieldReader(this.#path(field), value);
    const names = Object.keys(inside.#fields);
    return Object.fromEntries(
      names.map((name) => {
        const reader = new FieldReader(inside.#path(name), inside.#get(name));
        const value = parse(reader);
        reader.close();
        return [name, value];
      }),
    );
  }

  /** Refuses what contradicts the rest of the object. A field that isn't there is fine. */
  only(field: string, allowed: readonly unknown[], expected: string): void {
    const value = this.#get(field);
    const text = JSON.stringify(value);
    if (value !== undefined && !allowed.some((one) => JSON.stringify(one) === text)) this.#fail(field, expected, value);
  }

  /** The names of fields that nothing has asked for. */
  unknown(): string[] {
    return Object.keys(this.#fields).filter((field) => !this.#known.has(field));
  }

  /** The names of fields that were asked for, in that order. */
  known(): string[] {
    return [...this.#known];
  }

  /** Refuses fields that nothing has asked for, all of them known by then. */
  close(): void {
    const [field] = this.unknown();
    if (field === undefined) return;
    const known = this.known();
    const names = known.map((name) => `"${name}"`).join(", ");
    throw new Error(
      `${this.#path(field)}: unknown field; expected one of ${names}${suggest(closestName(field, known))}`,
    );
  }

  /** null counts as absent, as in Hugging Face's files. */
  #get(field: string): unknown {
    this.#known.add(field);
    return Object.hasOwn(this.#fields, field) ? (this.#fields[field] ?? undefined) : undefined;
  }

  #path(field: string): string {
    return this.#place.includes(": ") ? `${this.#place}.${field}` : `${this.#place}: ${field}`;
  }

  #fail(field: string, expected: string, value: unknown): never {
    throw new Error(`${this.#path(field)}: expected ${expected}, got ${describe(value)}`);
  }
}

function describe(value: unknown): string {
  if (value === undefined) return "nothing";
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
