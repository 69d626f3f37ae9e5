import type { ByteSource } from "./byte-source.js";
import { expectRecords, readLines } from "./lines.js";

/** The lines that aren't blank, trimmed: a sentence or a paragraph each, as the file has it. */
export function readTextLines(source: ByteSource): AsyncGenerator<string> {
  async function* textLines(): AsyncGenerator<string> {
    for await (const { text } of readLines(source)) {
      const trimmed = text.trim();
      if (trimmed !== "") yield trimmed;
    }
  }
  return expectRecords(source, "line of text", textLines());
}

/** The blocks between blank lines, each joined to one string: for texts whose paragraphs are broken into lines. */
export async function* readParagraphs(source: ByteSource): AsyncGenerator<string> {
  for await (const lines of readDocuments(source)) yield lines.join(" ");
}

/**
 * The blocks between blank lines, each as its lines: for texts with a sentence or a paragraph on a line and a blank
 * line between documents or chapters.
 */
export function readDocuments(source: ByteSource): AsyncGenerator<string[]> {
  async function* documents(): AsyncGenerator<string[]> {
    let lines: string[] = [];
    for await (const { text } of readLines(source)) {
      const trimmed = text.trim();
      if (trimmed !== "") lines.push(trimmed);
      else if (lines.length > 0) {
        yield lines;
        lines = [];
      }
    }
    if (lines.length > 0) yield lines;
  }
  return expectRecords(source, "line of text", documents());
}
