// How well vocabularies of 8,000 compress text they weren't trained on: bytes per token of ours, of Hugging Face's and, if
// spm_train is installed, of SentencePiece's. `node tokenizer-quality.mjs FOLDER`, after a build; FOLDER has the files below.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { BPE, byteLevelPreTokenizer, Tokenizer } from "tokenizers";

const packages = new URL("../../packages/", import.meta.url);
const { loadTokenizer } = await import(new URL("tokenizer-bpe/dist/index.js", packages));
const { trainBpe } = await import(new URL("tokenizer-bpe/dist/train.js", packages));
const { loadSentencePiece, trainUnigram } = await import(new URL("tokenizer-sentencepiece/dist/index.js", packages));

const SIZE = 8000;
const [dataFolder] = process.argv.slice(2);

// Of every ten lines one is held out; the files of a language are different kinds of text.
const LANGUAGES = {
  en: ["pretrain/wikitext-2/valid.txt.gz", "pretrain/gutenberg-en/great-expectations.txt.gz"],
  de: ["translation/multi30k/train.de.gz", "pretrain/gutenberg-de/die-verwandlung.txt.gz"],
  zh: ["pretrain/zh-classics/xiyouji.txt.gz", "pretrain/zh-cluecorpussmall/sampled-sentences.txt.gz"],
};

const folder = mkdtempSync(join(tmpdir(), "tokenizer-quality-"));
try {
  for (const [language, files] of Object.entries(LANGUAGES)) {
    const lines = files.flatMap((file) => linesOf(join(dataFolder, file)));
    const training = lines.filter((_, i) => i % 10 !== 0);
    const heldOut = lines.filter((_, i) => i % 10 === 0);
    const textFile = join(folder, `${language}.txt`);
    writeFileSync(textFile, `${training.join("\n")}\n`);
    const bytes = Buffer.byteLength(heldOut.join(""));
    const show = (name, tokens) => console.log(`${language}  ${name.padEnd(28)} ${(bytes / tokens).toFixed(3)}`);
    const count = (tokenizer) =>
      heldOut.reduce((sum, line) => sum + tokenizer.encode(line, { addSpecialTokens: false }).length, 0);

    const plain = { vocabSize: SIZE, specialTokens: [], sentinels: 0, marks: "none" };
    show("bytes, ours", count(await trainBpe(training, plain)));
    show("bytes, ours as GPT-2", count(await trainBpe(training, { ...plain, pattern: "gpt2" })));
    show("bytes, Hugging Face", count(trainNatively(textFile)));
    const special = [
      { content: "<unk>", role: "unknown" },
      { content: "<s>", role: "start" },
      { content: "</s>", role: "end" },
    ];
    // spm_train leaves out the rarest of all characters, 0.05 % of the text.
    const limitAlphabet = coveringCharacters(training, 0.9995);
    const options = { ...plain, specialTokens: special, preTokenizer: "metaspace", limitAlphabet };
    show("characters, ours", count(await trainBpe(training, options)));
    showReference("characters, SentencePiece", "bpe");
    show("unigram, ours", count(loadSentencePiece(await trainUnigram(training, { vocabSize: SIZE }))));
    showReference("unigram, SentencePiece", "unigram");

    function showReference(name, type) {
      const model = join(folder, `${language}-${type}`);
      const args = [`--input=${textFile}`, `--model_prefix=${model}`, `--vocab_size=${SIZE}`, `--model_type=${type}`];
      const { status } = spawnSync("spm_train", [...args, "--minloglevel=2"]);
      if (status === 0) show(name, count(loadSentencePiece(readFileSync(`${model}.model`))));
      else console.log(`${language}  ${name}: spm_train isn't here (Debian: apt-get install sentencepiece), or failed`);
    }
  }
} finally {
  rmSync(folder, { recursive: true });
}

/** Its trainer makes 30,000 pieces, unasked: the first of them are those of a smaller vocabulary. */
function trainNatively(textFile) {
  const native = new Tokenizer(BPE.empty());
  native.setPreTokenizer(byteLevelPreTokenizer(false, true));
  native.train([textFile]);
  const file = join(folder, "native.json");
  native.save(file);
  const json = JSON.parse(readFileSync(file, "utf8"));
  const ids = Object.entries(json.model.vocab).sort(([, a], [, b]) => a - b);
  // Its alphabet is of the bytes that occur; the other places go to merges.
  const vocab = Object.fromEntries(ids.slice(0, SIZE));
  const merges = json.model.merges.filter((pair) => Object.hasOwn(vocab, pair.join("")));
  return loadTokenizer({ ...json, model: { ...json.model, vocab, merges } });
}

function coveringCharacters(lines, share) {
  const counts = new Map();
  let total = 0;
  for (const character of lines.join("")) {
    counts.set(character, (counts.get(character) ?? 0) + 1);
    total++;
  }
  let covered = 0;
  return [...counts.values()].sort((a, b) => b - a).findIndex((count) => (covered += count) >= total * share) + 2;
}

function linesOf(path) {
  const text = gunzipSync(readFileSync(path)).toString("utf8");
  return text.split("\n").filter((line) => line.trim() !== "");
}
