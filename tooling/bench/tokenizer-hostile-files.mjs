// Files of byte pair encoding that mean harm: for each, in a process of its own, what came of it, how long it took from
// the parsed JSON on, and the peak of memory with that and without: `node tokenizer-hostile-files.mjs [CASE]`, after a build. Exits with 1
// if one took more than 2 s or 500 MB, or ended in another error than one that names a field.
import { spawnSync } from "node:child_process";
import { performance } from "node:perf_hooks";
import { fileURLToPath } from "node:url";

const MAX_MS = 2000;
const MAX_MB = 500;

const CASES = {
  "merges in a circle": () =>
    file({ a: 0, b: 1, ab: 2 }, [
      ["a", "b"],
      ["ab", ""],
      ["", "ab"],
    ]),
  "a merge of what isn't there": () => file({ a: 0, b: 1 }, [["a", "b"]]),
  "an id of 10^9": () => file({ a: 0, b: 1e9 }),
  "an id below 0": () => file({ a: 0, b: -1 }),
  "an id twice": () => file({ a: 0, b: 0 }),
  "an added token of id 10^9": () => file({ a: 0 }, [], { added_tokens: [{ id: 1e9, content: "x" }] }),
  "3 million pieces": () => file(numbered(3e6)),
  "500,000 pieces, the last one wrong": () => file({ ...numbered(5e5), x: -1 }),
  "500,000 merges, the first one wrong": () =>
    file({ ...numbered(5e5), a: 5e5 }, [...Array(5e5).fill(["x1", "x2"]), ["a", "?"]].reverse()),
  "3 million merges": () => file({ a: 0, b: 1, ab: 2 }, Array(3e6).fill("a b")),
  "100,000 merges, each of the one before": () => {
    const pieces = Array.from({ length: 2000 }, (_, i) => "a".repeat(i + 1));
    return file(
      Object.fromEntries(pieces.map((piece, id) => [piece, id])),
      pieces.slice(0, -1).map((piece) => [piece, "a"]),
    );
  },
  "a piece of 30 million characters": () => file({ a: 0, ["b".repeat(3e7)]: -1 }),
  "200,000 added tokens": () =>
    file({ a: 0 }, [], { added_tokens: Array.from({ length: 2e5 }, (_, i) => ({ id: i, content: `x${i}` })) }),
  "sequences nested 500 deep": () => file({ a: 0 }, [], { normalizer: nested(500) }),
  "something unread nested 100,000 deep": () =>
    file({ a: 0 }).replace("{", `{"truncation":${"[".repeat(1e5)}${"]".repeat(1e5)},`),
  "1 million stages": () =>
    file({ a: 0 }, [], { normalizer: { type: "Sequence", normalizers: Array(1e6).fill({ type: "NFC" }) } }),
  "__proto__ for the model": () => '{"__proto__":{"model":{"type":"BPE","vocab":{"a":0},"merges":[]}}}',
  "__proto__ for a field": () => '{"model":{"type":"BPE","vocab":{"a":0},"__proto__":{"merges":[]}}}',
  "pieces named as what objects have": () =>
    '{"model":{"type":"BPE","vocab":{"__proto__":0,"constructor":1,"toString":-1},"merges":[]}}',
  "(a+)+b": () => pattern("(a+)+b"),
  "(a|a)*b": () => pattern("(a|a)*b"),
  "(a|ab)*c": () => pattern("(a|ab)*c"),
  "a*a*a*b": () => pattern("a*a*a*b"),
  "a*a*b": () => pattern("a*a*b"),
  "a? thirty times and b": () => pattern(`${"a?".repeat(30)}b`),
  "(.*a){25}": () => pattern("(.*a){25}"),
  "a{1,999}{1,999}": () => pattern("a{1,999}{1,999}"),
  "((a?){50}){50}": () => pattern("((a?){50}){50}"),
  "a{999} a hundred times": () => pattern("(?:a{999}){999}"),
  "a pattern of 1 MB": () => pattern("a".repeat(1e6)),
  "10,000 groups": () => pattern("(".repeat(2000) + ")".repeat(2000)),
  "a template of 1 million parts": () =>
    file({ a: 0 }, [], {
      post_processor: {
        type: "TemplateProcessing",
        single: Array(1e6).fill({ Sequence: { id: "A", type_id: 0 } }),
        pair: [],
        special_tokens: {},
      },
    }),
};

const TEXT = `${"a".repeat(5000)} `;

const [name, isAlone] = process.argv.slice(2);
if (isAlone === "--alone") await load(CASES[name]());
else if (runAll(Object.keys(CASES).filter((each) => name === undefined || each === name))) process.exit(1);

function runAll(names) {
  let isMissed = false;
  for (const each of names) {
    const { stdout, stderr } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), each, "--alone"], {
      encoding: "utf8",
      timeout: 20_000,
    });
    const { result, isRight, elapsedMs, growthMb, peakMb } = JSON.parse(
      stdout ||
        JSON.stringify({ result: stderr.slice(-300), isRight: false, elapsedMs: 20_000, peakMb: 0, growthMb: 0 }),
    );
    const isGood = isRight && elapsedMs <= MAX_MS && growthMb <= MAX_MB;
    isMissed ||= !isGood;
    console.log(
      `${isGood ? "      " : "MISSED"} ${each.padEnd(42)} ${elapsedMs.toFixed(0).padStart(6)} ms ${peakMb.toFixed(0).padStart(5)} MB (${growthMb.toFixed(0)} more than the file's) ${result.slice(0, 160)}`,
    );
  }
  return isMissed;
}

/** What JSON.parse made is there before the clock runs: it's the caller's, and what a caller can limit by the file's size. */
async function load(text) {
  const { loadTokenizer, TokenizerJsonError } = await import("../../packages/tokenizer-bpe/dist/index.js");
  const json = JSON.parse(text);
  const before = process.resourceUsage().maxRSS / 1024;
  const start = performance.now();
  let result;
  let isRight = true;
  try {
    const tokenizer = loadTokenizer(json);
    result = `accepted; ${tokenizer.encode(TEXT).length} ids`;
  } catch (error) {
    result = error.message;
    isRight = error instanceof TokenizerJsonError && error.path !== "";
  }
  const elapsedMs = performance.now() - start;
  const peakMb = process.resourceUsage().maxRSS / 1024;
  console.log(JSON.stringify({ result, isRight, elapsedMs, peakMb, growthMb: peakMb - before }));
}

function file(vocab, merges = [], rest = {}) {
  return JSON.stringify({ ...rest, model: { type: "BPE", vocab, merges } });
}

function pattern(source) {
  return file({ a: 0, b: 1 }, [], {
    pre_tokenizer: { type: "Split", pattern: { Regex: source }, behavior: "Isolated" },
  });
}

function numbered(count) {
  return Object.fromEntries(
    Array.from({ length: count }, (_, i) => [String(i), i]).map(([piece, id]) => [`x${piece}`, id]),
  );
}

function nested(depth) {
  let inner = { type: "NFC" };
  for (let i = 0; i < depth; i++) inner = { type: "Sequence", normalizers: [inner] };
  return inner;
}
