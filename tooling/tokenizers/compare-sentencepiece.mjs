// Every line of a folder of texts, encoded and decoded by SentencePiece itself and by us with the same .model files:
//   node compare-sentencepiece.mjs TEXTS MODELS [NAME …]
// Needs python3-sentencepiece (Debian). Prints a line for each model, and the first lines that differ.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { loadSentencePiece } from "@t5ts/tokenizer-sentencepiece";
import { listTexts, readLines } from "./corpus.mjs";

const MAX_SHOWN = 5;
const [texts, models, ...names] = process.argv.slice(2);
const files = readdirSync(models).filter((name) => name.endsWith(".model"));
for (const name of names.length > 0 ? names.map((each) => `${each}.model`) : files) await compare(join(models, name));

async function compare(path) {
  const started = performance.now();
  const tokenizer = loadSentencePiece(readFileSync(path));
  const reference = startReference(path);
  const total = { lines: 0, bytes: 0, ids: 0, texts: 0 };
  for (const name of listTexts(texts)) {
    const lines = readLines(texts, name);
    const sent = reference.send(lines);
    for (const [i, line] of lines.entries()) {
      const expected = await reference.next();
      const ids = tokenizer.encode(line);
      const isSame = ids.join(" ") === expected.ids;
      const isSameText = tokenizer.decode(ids) === expected.text;
      total.lines++;
      total.bytes += Buffer.byteLength(line) + 1;
      if (!isSame) total.ids++;
      if (!isSameText) total.texts++;
      if (!(isSame && isSameText) && total.ids + total.texts <= MAX_SHOWN) {
        console.log(`${name}:${i + 1}: ${JSON.stringify(line)}: expected ${expected.ids}, got ${ids.join(" ")}`);
      }
    }
    await sent;
  }
  reference.end();
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  console.log(
    `${path}: ${total.lines} lines, ${(total.bytes / 1e6).toFixed(1)} MB: ` +
      `${total.ids} with other ids, ${total.texts} decoded otherwise (${seconds} s)`,
  );
  if (total.ids + total.texts > 0) process.exitCode = 1;
}

function startReference(model) {
  const program = fileURLToPath(new URL("encode_lines.py", import.meta.url));
  const child = spawn("/usr/bin/python3", [program, model], { stdio: ["pipe", "pipe", "inherit"] });
  const output = createInterface({ input: child.stdout, crlfDelay: Number.POSITIVE_INFINITY })[Symbol.asyncIterator]();
  const read = async () => {
    const { value, done } = await output.next();
    if (done) throw new Error(`${program}: ended before its input did`);
    return value;
  };
  return {
    async send(lines) {
      for (let i = 0; i < lines.length; i += 1000) {
        const part = lines.slice(i, i + 1000);
        if (!child.stdin.write(`${part.join("\n")}\n`)) await once(child.stdin, "drain");
      }
    },
    next: async () => ({ ids: await read(), text: JSON.parse(await read()) }),
    end: () => child.stdin.end(),
  };
}
