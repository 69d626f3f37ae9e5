import { type ByteSource, parseSciTldr, parseSnips, readJsonl, readTsv, snipsExample, summarize } from "@t5ts/datasets";
import { UsageError } from "../usage-error.js";

/** What a model is asked, and the answers that count as right. `place` names it in messages. */
export type Example = { place: string; input: string; references: string[] };

/** An example with its input as ids. */
export type EncodedExample = Example & { inputIds: number[] };

/** Where the fields of a record are. */
export type ExampleOptions = { format: string | undefined; inputField: string; targetField: string };

/** The examples of a file, one for each record. */
export function readExamples(source: ByteSource, options: ExampleOptions): AsyncGenerator<Example> {
  const { inputField, targetField } = options;
  return numbered(source.name, recordsOf());

  function recordsOf(): AsyncGenerator<Omit<Example, "place">> {
    switch (options.format ?? formatByName(source.name)) {
      case "snips":
        return readJsonl(source, (value) => {
          const { inputs, targets } = snipsExample(parseSnips(value));
          return { input: inputs, references: [targets] };
        });
      case "scitldr":
        return readJsonl(source, (value) => {
          const paper = parseSciTldr(value);
          return { input: summarize(paper.source.join(" "), "").inputs, references: paper.target };
        });
      case "tsv":
        return tsvRecords(source, inputField, targetField);
      default:
        return readJsonl(source, (value) => ({
          input: textField(value, inputField),
          references: textsField(value, targetField),
        }));
    }
  }
}

function formatByName(name: string): string {
  if (/\.jsonl?(\.gz)?$/.test(name)) return "jsonl";
  if (/\.tsv(\.gz)?$/.test(name)) return "tsv";
  throw new UsageError(`${name}: expected a name that ends in .jsonl or .tsv (or .gz after it), or --format`);
}

async function* tsvRecords(
  source: ByteSource,
  inputField: string,
  targetField: string,
): AsyncGenerator<Omit<Example, "place">> {
  for await (const row of readTsv(source, [inputField, targetField])) {
    yield { input: row[inputField] as string, references: [row[targetField] as string] };
  }
}

async function* numbered(name: string, records: AsyncIterable<Omit<Example, "place">>): AsyncGenerator<Example> {
  let number = 0;
  for await (const record of records) yield { place: `${name}: record ${++number}`, ...record };
}

function textField(value: unknown, field: string): string {
  const text = fieldOf(value, field);
  if (typeof text === "string" || typeof text === "number") return String(text);
  throw new TypeError(`"${field}": expected a text, got ${shown(text)}`);
}

function textsField(value: unknown, field: string): string[] {
  const texts = fieldOf(value, field);
  if (!Array.isArray(texts)) return [textField(value, field)];
  if (texts.length > 0 && texts.every((text) => typeof text === "string")) return texts;
  throw new TypeError(`"${field}": expected a text or a list of texts, got ${shown(texts)}`);
}

function fieldOf(value: unknown, field: string): unknown {
  const isRecord = typeof value === "object" && value !== null && !Array.isArray(value);
  if (isRecord && Object.hasOwn(value, field)) return (value as Record<string, unknown>)[field];
  const got = isRecord ? Object.keys(value).join(", ") || "no fields" : shown(value);
  throw new TypeError(`expected an object with the field "${field}", got ${got}`);
}

function shown(value: unknown): string {
  return JSON.stringify(value)?.slice(0, 60) ?? "nothing";
}
