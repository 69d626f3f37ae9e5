import type { TaggedWords } from "../reading/conll.js";
import type { TextExample } from "../text-example.js";

/** A spoken command of SNIPS: what is wanted, and which parts of the text say the details. */
export type SnipsRecord = {
  intent: string;
  text: string;
  /** Places in `text`, in UTF-16 code units, in order and without overlap. */
  slots: { start: number; end: number; label: string }[];
};

/** The same without the text: an intent and its details. */
export type SnipsFrame = { intent: string; slots: { label: string; value: string }[] };

/**
 * A command as text to text.
 *
 * inputs  snips: play some jazz by Miles Davis
 * targets PlayMusic ( genre = jazz ; artist = Miles Davis )
 */
export function snipsExample(record: SnipsRecord): TextExample {
  return { inputs: `snips: ${record.text}`, targets: formatSnipsFrame(snipsFrame(record)) };
}

/** The frame of a record. White space in values is collapsed. */
export function snipsFrame(record: SnipsRecord): SnipsFrame {
  const slots = record.slots.map(({ start, end, label }) => ({
    label,
    value: record.text.slice(start, end).trim().replace(/\s+/g, " "),
  }));
  return { intent: record.intent, slots };
}

/** A frame as the model writes it. `( ) = ;` and `\` in a value get a `\` before them. */
export function formatSnipsFrame({ intent, slots }: SnipsFrame): string {
  const details = slots.map(({ label, value }) => `${label} = ${value.replace(/[()=;\\]/g, "\\$&")}`);
  return [intent, "(", details.join(" ; "), ")"].filter((part) => part !== "").join(" ");
}

/**
 * The frame that a text says, or undefined if it says none: a model can write anything.
 *
 * White space around the marks doesn't matter.
 */
export function parseSnipsFrame(text: string): SnipsFrame | undefined {
  const frame = /^\s*(\w+)\s*\(((?:[^\\()]|\\.)*)\)\s*$/su.exec(text);
  if (!frame) return undefined;
  const [, intent, details] = frame as unknown as [string, string, string];
  const slots: SnipsFrame["slots"] = [];
  for (const detail of details.trim().match(/(?:[^\\;]|\\.)+/gsu) ?? []) {
    const slot = /^\s*(\w+)\s*=((?:[^\\=]|\\.)*)$/su.exec(detail);
    const value = slot?.[2]?.trim().replace(/\\(.)/gsu, "$1");
    if (!slot || !value) return undefined;
    slots.push({ label: slot[1]!, value });
  }
  return { intent, slots };
}

/** The words of a command with IOB2 tags, for token classification. */
export function snipsTags(record: SnipsRecord): TaggedWords {
  const words: string[] = [];
  const tags: string[] = [];
  const add = (text: string, label?: string) => {
    for (const [i, word] of (text.match(/\S+/g) ?? []).entries()) {
      words.push(word);
      tags.push(label === undefined ? "O" : `${i === 0 ? "B" : "I"}-${label}`);
    }
  };
  let end = 0;
  for (const slot of record.slots) {
    add(record.text.slice(end, slot.start));
    add(record.text.slice(slot.start, slot.end), slot.label);
    end = slot.end;
  }
  add(record.text.slice(end));
  return { words, tags };
}

/** The record that a line of the SNIPS files holds, for `readJsonl`. */
export function parseSnips(value: unknown): SnipsRecord {
  const { intent, text, slots } = (value ?? {}) as Record<string, unknown>;
  if (typeof intent !== "string" || typeof text !== "string" || !Array.isArray(slots)) {
    throw new TypeError(
      `expected {"intent": text, "text": text, "slots": [...]}, got ${JSON.stringify(value)?.slice(0, 80)}`,
    );
  }
  let last = 0;
  for (const [i, slot] of slots.entries()) {
    const { start, end, label } = (slot ?? {}) as Record<string, unknown>;
    const isPlace = Number.isInteger(start) && Number.isInteger(end);
    if (!isPlace || typeof label !== "string" || !(last <= Number(start) && Number(start) < Number(end))) {
      throw new TypeError(
        `slots[${i}]: expected {"start", "end", "label"} after the slot before, got ${JSON.stringify(slot)}`,
      );
    }
    last = Number(end);
  }
  if (last > text.length) {
    throw new RangeError(`slots: expected places within the ${text.length} characters of the text, got ${last}`);
  }
  return { intent, text, slots };
}
