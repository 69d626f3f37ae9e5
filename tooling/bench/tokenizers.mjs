// Other tokenizers on the same lines: `node tokenizers.mjs PACKAGE JOB`. All but gpt-tokenizer, which has OpenAI's
// vocabularies alone, load the same tokenizer.json, and should make as many tokens as we do.
import { readFileSync } from "node:fs";
import { serve, timed } from "./serve.mjs";

/** By package: from a tokenizer.json to a function that says how many tokens it makes of some lines. */
const COUNTERS = {
  async tokenizers(file) {
    // One thread, as the others have, and one call for all lines: each call is a journey to another thread.
    process.env.TOKENIZERS_PARALLELISM = "false";
    const { Tokenizer } = await import("tokenizers");
    const tokenizer = Tokenizer.fromFile(file);
    return async (lines) => {
      const encodings = await tokenizer.encodeBatch(lines, { addSpecialTokens: false });
      return sum(encodings, (encoding) => encoding.getLength());
    };
  },
  async "@huggingface/tokenizers"(file) {
    const { Tokenizer } = await import("@huggingface/tokenizers");
    const tokenizer = new Tokenizer(JSON.parse(readFileSync(file, "utf8")), {});
    return (lines) => sum(lines, (line) => tokenizer.encode(line, { add_special_tokens: false }).ids.length);
  },
  async "gpt-tokenizer"() {
    const { encode } = await import("gpt-tokenizer/encoding/o200k_base");
    return (lines) => sum(lines, (line) => encode(line).length);
  },
};

serve(async (packageName, { tokenizerFile, textFile }) => {
  const countTokens = await COUNTERS[packageName](tokenizerFile);
  const text = readFileSync(textFile, "utf8");
  const lines = text.split("\n");
  const bytes = Buffer.byteLength(text);
  return timed(async () => ({ bytes, tokens: await countTokens(lines) }));
});

function sum(items, count) {
  let total = 0;
  for (const item of items) total += count(item);
  return total;
}
