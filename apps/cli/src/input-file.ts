import { readFile, stat } from "node:fs/promises";
import { readingInput, UsageError } from "./usage-error.js";

/** The text of a file that the user named. */
export async function readText(path: string, expected: string): Promise<string> {
  return (await readBytes(path, expected)).toString("utf8");
}

/** The bytes of a file that the user named; one of more than `mostBytes` isn't read. */
export async function readBytes(path: string, expected: string, mostBytes = Number.POSITIVE_INFINITY): Promise<Buffer> {
  try {
    const { size } = await stat(path);
    if (size > mostBytes) throw new Error(`it has ${size} bytes, and ${mostBytes} is the most`);
    return await readFile(path);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const got = code === "ENOENT" ? "there's no such file" : code === "EISDIR" ? "it's a folder" : message;
    const error = `${path}: expected ${expected}, but ${got}`;
    throw code === "EIO" ? new Error(error, { cause }) : new UsageError(error, { cause });
  }
}

/** Reads a file of JSON that the user named; a message says its path once. */
export async function readJson<T>(path: string, expected: string, parse: (json: unknown) => T): Promise<T> {
  return parseJson(path, await readText(path, expected), parse);
}

/** Reads JSON that stands in a file that the user named. */
export function parseJson<T>(path: string, text: string, parse: (json: unknown) => T): Promise<T> {
  return readingInput(() => {
    try {
      return parse(JSON.parse(text));
    } catch (cause) {
      const message = (cause as Error).message.replace(/^(tokenizer\.json|tokenizerFromJson): /, "");
      const isJson = !(cause instanceof SyntaxError);
      throw new Error(`${path}: ${isJson ? message : `expected JSON: ${message}`}`, { cause });
    }
  });
}
