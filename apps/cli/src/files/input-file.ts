import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { readingInput, UsageError } from "../usage-error.js";
import { checkJsonWeight } from "./json-weight.js";

/** The text of a file that the user named. */
export async function readText(path: string, expected: string): Promise<string> {
  return (await readBytes(path, expected)).toString("utf8");
}

/** The bytes of a file or pipe that the user named; of one of more than `mostBytes` no more than these are read. */
export async function readBytes(path: string, expected: string, mostBytes = Number.POSITIVE_INFINITY): Promise<Buffer> {
  try {
    const { size } = await stat(path);
    if (size > mostBytes) throw new Error(`it has ${size} bytes, and ${mostBytes} is the most`);
    return await readAtMost(path, mostBytes);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const got = code === "ENOENT" ? "there's no such file" : code === "EISDIR" ? "it's a folder" : message;
    const error = `${path}: expected ${expected}, but ${got}`;
    throw code === "EIO" ? new Error(error, { cause }) : new UsageError(error, { cause });
  }
}

async function readAtMost(path: string, mostBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 20 }) as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    sizeBytes += chunk.length;
    if (sizeBytes > mostBytes) throw new Error(`it goes on after ${mostBytes} bytes, which is the most`); // a pipe: its size isn't known before
  }
  return Buffer.concat(chunks);
}

/** The most bytes of JSON that are read: the largest real file, Gemma 3's tokenizer.json, has 33 MB. */
export const MOST_JSON_BYTES = 36_000_000;

/** Reads a file of JSON that the user named; a message says its path once. */
export async function readJson<T>(path: string, expected: string, parse: (json: unknown) => T): Promise<T> {
  return parseJson(path, await readBytes(path, expected, MOST_JSON_BYTES), parse);
}

/** Reads JSON that stands in a file that the user named. */
export function parseJson<T>(path: string, file: Buffer, parse: (json: unknown) => T): Promise<T> {
  return readingInput(() => {
    try {
      checkJsonWeight(file);
      return parse(JSON.parse(file.toString("utf8")));
    } catch (cause) {
      const message = (cause as Error).message.replace(/^(tokenizer\.json|tokenizerFromJson): /, "");
      const isJson = !(cause instanceof SyntaxError);
      throw new Error(`${path}: ${isJson ? message : `expected JSON: ${message}`}`, { cause });
    }
  });
}
