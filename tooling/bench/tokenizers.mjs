// Other tokenizers on the same lines: `node tokenizers.mjs PACKAGE JOB`. All make as many tokens as we do, since they load
// the same files, or in gpt-tokenizer and tiktoken have the same vocabulary built in.
import { readFileSync } from "node:fs";
import { serve, timed } from "./serve.mjs";

/** By package: from the job to a function that says how many tokens it makes of some lines. */
const COUNTERS = {
  async tokenizers({ tokenizerFile, textFile, tokenizer: kind }) {
    // One thread, as the others have, and one call for all lines: each call is a journey to another thread.
    process.env.TOKENIZERS_PARALLELISM = "false";
    const { BPE, byteLevelPreTokenizer, Tokenizer } = await import("tokenizers");
    if (kind === "train") {
      return () => {
        const tokenizer = new Tokenizer(BPE.empty());
        tokenizer.setPreTokenizer(byteLevelPreTokenizer(false, true));
        tokenizer.train([textFile]);
        return tokenizer.getVocabSize();
      };
    }
    const tokenizer = Tokenizer.fromFile(tokenizerFile);
    return async (lines) => {
      const encodings = await tokenizer.encodeBatch(lines, { addSpecialTokens: false });
      return sum(encodings, (encoding) => encoding.getLength());
    };
  },
  async "@huggingface/tokenizers"({ tokenizerFile }) {
    const { Tokenizer } = await import("@huggingface/tokenizers");
    const tokenizer = new Tokenizer(JSON.parse(readFileSync(tokenizerFile, "utf8")), {});
    return (lines) => sum(lines, (line) => tokenizer.encode(line, { add_special_tokens: false }).ids.length);
  },
  async kitoken({ tokenizerFile, modelFile }) {
    const { Kitoken } = await import("kitoken/node");
    const tokenizer =
      modelFile === undefined
        ? Kitoken.from_tokenizers(readFileSync(tokenizerFile))
        : Kitoken.from_sentencepiece(readFileSync(modelFile));
    return (lines) => sum(lines, (line) => tokenizer.encode(line, false).length);
  },
  async "gpt-tokenizer"() {
    const { encode } = await import("gpt-tokenizer/encoding/cl100k_base");
    return (lines) => sum(lines, (line) => encode(line).length);
  },
  async tiktoken() {
    const { get_encoding } = await import("tiktoken");
    const tokenizer = get_encoding("cl100k_base");
    return (lines) => sum(lines, (line) => tokenizer.encode_ordinary(line).length);
  },
  async "@sctg/sentencepiece-js"({ modelFile }) {
    const { SentencePieceProcessor } = await import("@sctg/sentencepiece-js");
    const tokenizer = new SentencePieceProcessor();
    await tokenizer.loadFromB64StringModel(readFileSync(modelFile, "base64"));
    return (lines) => sum(lines, (line) => tokenizer.encodeIds(line).length);
  },
};

serve(async (packageName, job) => {
  const countTokens = await COUNTERS[packageName](job);
  const text = readFileSync(job.textFile, "utf8");
  const lines = text.split("\n");
  const bytes = Buffer.byteLength(text);
  return timed(async () => ({ bytes, tokens: await countTokens(lines) }));
});

function sum(items, count) {
  let total = 0;
  for (const item of items) total += count(item);
  return total;
}
