import { type Command, InvalidArgumentError } from "commander";

/**
 * Adds an option that has to be given.
 *
 * Commander's own look for those before they look at options that nobody knows, so that a misspelt `--model` is answered
 * by saying that it is missing, without the suggestion.
 */
export function addRequiredOption<T = string>(
  command: Command,
  flags: string,
  description: string,
  parse?: (text: string) => T,
): Command {
  const name = command.createOption(flags).attributeName();
  const added = parse === undefined ? command.option(flags, description) : command.option(flags, description, parse);
  return added.hook("preAction", () => {
    if (command.opts()[name] === undefined) command.error(`error: required option '${flags}' not specified`);
  });
}

/** Parses an option that is an integer from `min` to `max`, in digits: 1e3 or 0x10 is more likely a slip than a wish. */
export function integerFrom(min: number, max: number = Number.MAX_SAFE_INTEGER): (text: string) => number {
  const range = max === Number.MAX_SAFE_INTEGER ? `from ${min} on` : `from ${min} to ${max}`;
  return (text) => {
    const value = /^-?\d+$/.test(text) ? Number(text) : Number.NaN;
    if (Number.isSafeInteger(value) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`Expected an integer ${range}.`);
  };
}

/** The value of an option that is a number for which `isValid` holds; `expected` names such numbers. */
export function numberThat(isValid: (value: number) => boolean, expected: string): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() !== "" && Number.isFinite(value) && isValid(value)) return value;
    throw new InvalidArgumentError(`Expected ${expected}.`);
  };
}

export const positiveNumber: (text: string) => number = numberThat((value) => value > 0, "a number above 0");

/** `500MB`, `2GB`, `1.5GiB` or a number of bytes. */
export function byteCount(text: string): number {
  const [, number, unit = ""] = /^([\d.]+)\s*([kKMGT]i?B|B)?$/.exec(text) ?? [];
  const base = unit.includes("i") ? 1024 : 1000;
  const power = "BKMGT".indexOf(unit.charAt(0).toUpperCase() || "B");
  const bytes = Math.floor(Number(number) * base ** power);
  if (number !== undefined && Number.isSafeInteger(bytes) && bytes > 0) return bytes;
  throw new InvalidArgumentError("Expected a size such as 500MB or 2GB.");
}
