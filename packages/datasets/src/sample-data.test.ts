import { readdirSync, readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { tagSpans } from "@t5ts/metrics";
import { describe, expect, it } from "vitest";
import { parseSciTldr } from "./benchmarks/scitldr.js";
import { parseSnips, parseSnipsFrame, snipsExample, snipsFrame, snipsTags } from "./benchmarks/snips.js";
import { fileSource } from "./node.js";
import { collect } from "./reading/collect.js";
import { readDocuments } from "./reading/documents.js";
import { readJsonl } from "./reading/jsonl.js";
import { readTsv } from "./reading/tsv.js";

const DATA = fileURLToPath(new URL("../../../data/", import.meta.url));
const files = readdirSync(DATA, { recursive: true, encoding: "utf8" })
  .filter((name) => statSync(DATA + name).isFile() && name !== "README.md")
  .sort();
const readme = readFileSync(`${DATA}README.md`, "utf8");
const listed = new Map(
  [...readme.matchAll(/^\| `([^`]+\.gz)` \| ([\d,]+) \|/gm)].map(([, name, rows]) => [
    name!,
    Number(rows!.replaceAll(",", "")),
  ]),
);

describe("the sample data", () => {
  it("are all listed in their README, each set with a licence", () => {
    expect([...listed.keys()].sort()).toEqual(files);
    for (const set of new Set(files.map((name) => name.split("/")[0]!))) {
      expect(readme).toMatch(
        new RegExp(`^\\| \`${set}\` \\| [^|]+ \\| (public domain|CC0|CC BY|Apache)[^|]* \\| [^|]+ \\|$`, "m"),
      );
    }
  });

  it("stay small: 8 MB together", () => {
    const sizeBytes = files.reduce((sum, name) => sum + statSync(DATA + name).size, 0);
    expect(sizeBytes).toBeLessThan(8e6);
  });

  it.each(files)("%s parses, with as many rows as are listed", async (name) => {
    expect((await collect<unknown>(readRows(name))).length).toBe(listed.get(name));
  });

  it("keep the attribution of every translation", async () => {
    for (const name of files.filter((name) => name.startsWith("tatoeba"))) {
      for await (const { en, zh, attribution } of readTsv(fileSource(DATA + name), ["en", "zh", "attribution"])) {
        expect(attribution).toMatch(/Attribution: tatoeba\.org #\d+ \(.+\) & #\d+ \(.+\)$/);
        expect([en, zh]).not.toContain("");
      }
    }
  });

  it("have commands whose frames and tags can be read back", async () => {
    for await (const record of readJsonl(fileSource(`${DATA}snips/train.jsonl.gz`), parseSnips)) {
      const frame = snipsFrame(record);
      const { words, tags } = snipsTags(record);
      const slots = tagSpans(tags).map(({ type: label, start, end }) => ({
        label,
        value: words.slice(start, end).join(" "),
      }));
      const read = JSON.stringify([parseSnipsFrame(snipsExample(record).targets), slots]);
      if (read !== JSON.stringify([frame, frame.slots])) expect(read).toBe(JSON.stringify([frame, frame.slots]));
    }
  });
});

function readRows(name: string): AsyncIterable<unknown> {
  const source = fileSource(DATA + name);
  if (name.startsWith("gutenberg-en/")) return readDocuments(source);
  if (name.startsWith("snips/")) return readJsonl(source, parseSnips);
  if (name.startsWith("scitldr/")) return readJsonl(source, parseSciTldr);
  if (name.startsWith("tatoeba-en-zh/")) return readTsv(source, ["en", "zh", "attribution"]);
  throw new Error(`${name}: expected a data set that this test knows how to read`);
}
