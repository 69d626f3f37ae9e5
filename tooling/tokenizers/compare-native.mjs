// Every line of a folder of texts, encoded by Hugging Face's native `tokenizers` and by us with the same tokenizer.json of a
// unigram model, with ids, offsets and what they are decoded to:
//   node compare-native.mjs TEXTS tokenizer.json
import { readFileSync } from "node:fs";
import { loadUnigram } from "@t5ts/tokenizer-sentencepiece";
import { Tokenizer } from "tokenizers";
import { listTexts, readLines } from "./corpus.mjs";

const MAX_SHOWN = 5;
const BATCH = 2000;
const [texts, file] = process.argv.slice(2);
const ours = loadUnigram(JSON.parse(readFileSync(file, "utf8")));
const native = Tokenizer.fromFile(file);
const total = { lines: 0, bytes: 0, ids: 0, offsets: 0, texts: 0 };
for (const name of listTexts(texts)) {
  const lines = readLines(texts, name);
  for (let from = 0; from < lines.length; from += BATCH) {
    const batch = lines.slice(from, from + BATCH);
    const encodings = await native.encodeBatch(batch);
    const decoded = await native.decodeBatch(
      encodings.map((encoding) => encoding.getIds()),
      false,
    );
    for (const [i, line] of batch.entries()) {
      const { ids, offsets } = ours.encodeDetailed(line, { offsets: "code-points" });
      const differs = {
        ids: ids.join() !== encodings[i].getIds().join() || ours.encode(line).join() !== ids.join(),
        offsets: offsets.join() !== encodings[i].getOffsets().join(),
        texts: ours.decode(ids) !== decoded[i],
      };
      total.lines++;
      total.bytes += Buffer.byteLength(line) + 1;
      for (const [what, isOther] of Object.entries(differs)) {
        if (!isOther) continue;
        total[what]++;
        if (total[what] <= MAX_SHOWN) console.log(`${name}:${from + i + 1}: other ${what}: ${JSON.stringify(line)}`);
      }
    }
  }
}
console.log(
  `${file}: ${total.lines} lines, ${(total.bytes / 1e6).toFixed(1)} MB: ` +
    `${total.ids} with other ids, ${total.offsets} with other offsets, ${total.texts} decoded otherwise`,
);
if (total.ids + total.texts > 0) process.exitCode = 1;
