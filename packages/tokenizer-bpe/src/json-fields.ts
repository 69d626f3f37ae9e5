/** What is wrong in a tokenizer.json, and where. */
export class TokenizerJsonError extends Error {
  override readonly name = "TokenizerJsonError";
  /** The place in the file, as in `model.merges[3]`. */
  readonly path: string;

  constructor(path: string, problem: string) {
    super(`tokenizer.json: ${path === "" ? "the file" : path}: ${problem}`);
    this.path = path;
  }
}

/** An object of foreign JSON, read field by field; each read checks and names what it finds wrong. */
export class JsonFields {
  readonly path: string;
  readonly #object: object;

  constructor(value: unknown, path: string) {
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw mismatch(path, "an object", value);
    this.path = path;
    this.#object = value;
  }

  /** The value of an own property; nothing inherited, so that a missing field isn't taken from `Object.prototype`. */
  get(name: string): unknown {
    return Object.getOwnPropertyDescriptor(this.#object, name)?.value;
  }

  at(name: string): string {
    return this.path === "" ? name : `${this.path}.${name}`;
  }

  string(name: string): string {
    const value = this.get(name);
    if (typeof value !== "string") throw mismatch(this.at(name), "a string", value);
    return value;
  }

  /** Undefined for null and for a field that isn't there. */
  optionalString(name: string): string | undefined {
    return this.get(name) == null ? undefined : this.string(name);
  }

  /** A single character, which may be two UTF-16 units. */
  character(name: string): string {
    const value = this.string(name);
    if ([...value].length !== 1) throw mismatch(this.at(name), "one character", value);
    return value;
  }

  boolean(name: string, fallback: boolean): boolean {
    const value = this.get(name) ?? fallback;
    if (typeof value !== "boolean") throw mismatch(this.at(name), "true or false", value);
    return value;
  }

  integer(name: string, most: number, fallback?: number): number {
    return checkInteger(this.get(name) ?? fallback, this.at(name), most);
  }

  oneOf<T extends string>(name: string, choices: readonly T[], fallback?: T): T {
    const value = this.get(name) ?? fallback;
    const choice = choices.find((each) => each === value);
    if (choice === undefined)
      throw mismatch(this.at(name), `one of ${choices.map((each) => `"${each}"`).join(", ")}`, value);
    return choice;
  }

  fields(name: string): JsonFields {
    return new JsonFields(this.get(name), this.at(name));
  }

  list(name: string, most: number): unknown[] {
    const value = this.get(name);
    if (!Array.isArray(value)) throw mismatch(this.at(name), "a list", value);
    if (value.length > most)
      throw new TokenizerJsonError(this.at(name), `expected at most ${most} items, got ${value.length}`);
    return value;
  }
}

/** `value` as an integer from 0 to `most`. */
export function checkInteger(value: unknown, path: string, most: number): number {
  if (typeof value !== "number" || !Number.isInteger(value) || value < 0 || value > most) {
    throw mismatch(path, `an integer from 0 to ${most}`, value);
  }
  return value;
}

/** The error for a value that isn't what the format says. */
export function mismatch(path: string, expected: string, value: unknown): TokenizerJsonError {
  return new TokenizerJsonError(path, `expected ${expected}, got ${describe(value)}`);
}

function describe(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value);
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "an object";
  return value === undefined ? "nothing" : String(value);
}
