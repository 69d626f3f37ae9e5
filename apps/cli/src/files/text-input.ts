import { stat } from "node:fs/promises";
import { addAbortSignal } from "node:stream";
import { type ByteSource, bytesSource, type Line, readLines } from "@t5ts/datasets";
import { fileSource } from "@t5ts/datasets/node";
import { inputItems, UsageError } from "../usage-error.js";

/**
 * A file that the user named, gzip or not; `-` is stdin.
 *
 * @throws UsageError if there's no such file.
 */
export async function inputSource(path: string, signal: AbortSignal): Promise<ByteSource> {
  if (path === "-") return stdinSource(signal);
  const entry = await stat(path).catch((cause: NodeJS.ErrnoException) => {
    const got = cause.code === "ENOENT" ? "there's no such file" : cause.message;
    throw new UsageError(`${path}: expected a file, but ${got}`, { cause });
  });
  if (entry.isDirectory()) throw new UsageError(`${path}: expected a file, but it's a folder`);
  return fileSource(path);
}

/** What is piped or typed into the command; an interruption ends the wait for more. */
function stdinSource(signal: AbortSignal): ByteSource {
  return { name: "stdin", open: () => addAbortSignal(signal, process.stdin) as AsyncIterable<Uint8Array> };
}

/** How much of something was read: bytes as they are on disk, which may be compressed. `total` is 0 where it isn't known. */
export type ReadBytes = { read: number; total: number };

/** A source that counts what is read of it. */
export function countBytes({ name, open }: ByteSource, bytes: ReadBytes): ByteSource {
  return {
    name,
    async *open() {
      for await (const chunk of open()) {
        bytes.read += chunk.length;
        yield chunk;
      }
    },
  };
}

/** The lines of texts given as arguments, of a file, or else of stdin. */
export async function inputLines(
  texts: readonly string[],
  path: string | undefined,
  signal: AbortSignal,
): Promise<{ name: string; lines: AsyncIterable<Line>; bytes: ReadBytes }> {
  if (texts.length > 0 && path !== undefined) throw new UsageError("expected texts as arguments or --input, got both");
  const source =
    texts.length > 0 ? bytesSource("text", texts.map(oneLine).join("\n")) : await inputSource(path ?? "-", signal);
  if (source.name === "stdin" && process.stdin.isTTY) process.stderr.write("reading lines; Ctrl-D ends\n");
  const isFile = texts.length === 0 && source.name !== "stdin";
  const bytes = { read: 0, total: isFile ? (await stat(source.name)).size : 0 };
  return { name: source.name, lines: inputItems(readLines(countBytes(source, bytes))), bytes };
}

function oneLine(text: string): string {
  return text.replace(/\s*\n\s*/g, " ");
}
