/** What is wrong in a tokenizer.json, and where. */
export class TokenizerJsonError extends Error {
  override readonly name = "TokenizerJsonError";
  /** The place in the file, as in `model.merges[3]`. */
  readonly path: string;

  constructor(path: string, problem: string) {
    super(`tokenizer.json: ${path || "the file"}: ${problem}`);
    this.path = path;
  }
}

/** An object of foreign JSON, read field by field; each read checks, and names what it finds wrong. */
export class JsonFields {
  readonly path: string;
  readonly object: object;

  constructor(value: unknown, path: string) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw mismatch(path, "an object", value);
    this.path = path;
    this.object = value;
  }

  /** The value of an own property; nothing inherited, so that a missing field isn't taken from `Object.prototype`. */
  get(name: string): unknown {
    return Object.getOwnPropertyDescriptor(this.object, name)?.value;
  }

  at(name: string): string {
    return this.path === "" ? name : `${this.path}.${name}`;
  }

  string(name: string): string {
    return this.#check(name, "a string", isString);
  }

  /** Undefined for null and for a field that isn't there. */
  optionalString(name: string): string | undefined {
    return this.get(name) == null ? undefined : this.string(name);
  }

  /** A single character, which may be two UTF-16 units. */
  character(name: string): string {
    return this.#check(name, "one character", (value): value is string => isString(value) && [...value].length === 1);
  }

  boolean(name: string, fallback?: boolean): boolean {
    return this.#check(name, "true or false", (value): value is boolean => typeof value === "boolean", fallback);
  }

  integer(name: string, most: number): number {
    return checkInteger(this.get(name), this.at(name), most);
  }

  oneOf<T extends string>(name: string, choices: readonly T[], fallback?: T): T {
    return this.#check(name, choices.join(" or "), (value): value is T => choices.includes(value as T), fallback);
  }

  fields(name: string): JsonFields {
    return new JsonFields(this.get(name), this.at(name));
  }

  list(name: string, most: number): unknown[] {
    return this.#check(
      name,
      `a list of at most ${most} items`,
      (value): value is unknown[] => Array.isArray(value) && value.length <= most,
    );
  }

  #check<T>(name: string, expected: string, isRight: (value: unknown) => value is T, fallback?: T): T {
    const value = this.get(name) ?? fallback;
    if (!isRight(value)) throw mismatch(this.at(name), expected, value);
    return value;
  }
}

/** `value` as an integer from 0 to `most`. */
export function checkInteger(value: unknown, path: string, most: number): number {
  if (Number.isInteger(value) && (value as number) >= 0 && (value as number) <= most) return value as number;
  throw mismatch(path, `an integer from 0 to ${most}`, value);
}

/** The error for a value that isn't what the format says. */
export function mismatch(path: string, expected: string, value: unknown): TokenizerJsonError {
  const kind = Array.isArray(value) ? "a list" : value === Object(value) ? "an object" : value;
  const got = isString(value) ? `"${value.slice(0, 60)}"` : kind;
  return new TokenizerJsonError(path, `expected ${expected}, got ${got}`);
}

function isString(value: unknown): value is string {
  return typeof value === "string";
}
