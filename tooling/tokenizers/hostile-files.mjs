// Files that mean harm: for each, in a process of its own, the error, how long it took and the peak of memory:
//   node hostile-files.mjs [CASE …]
// Exits with 1 if one took more than 2 s or 500 MB, or ended in another error than one that names a field. What is read by
// `t5` is measured from its start to its end.
import { spawnSync } from "node:child_process";
import { rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadSentencePiece, tokenizerFromJson, writeModel } from "@t5ts/tokenizer-sentencepiece";

const MAX_MS = 2000;
const MAX_MB = 500;

const UNKNOWN = { piece: "<unk>", score: 0, type: "unknown" };
const normal = (piece) => ({ piece, score: -1, type: "normal" });
const model = (pieces, more = {}) => ({ pieces: [UNKNOWN, ...pieces], trainer: {}, normalizer: {}, ...more });
const file = (pieces, more) => writeModel(model(pieces, more));
const bytes = (...parts) => Buffer.concat(parts.map((part) => Buffer.from(part)));
const repeated = (part, count) => Buffer.alloc(part.length * count, Buffer.from(part));
const field = (number, content) => bytes([(number << 3) | 2], varint(content.length), content);
const small = () => file([normal("▁"), normal("a")]);
const unlike = (count, length) => Array.from({ length: count }, (_, i) => normal(i.toString(36).padStart(length, "_")));
const json = (vocab, more = {}) => ({ model: { type: "Unigram", unk_id: 0, vocab, ...more }, added_tokens: [] });
const nested = (depth) => {
  let inner = { type: "NFC" };
  for (let i = 0; i < depth; i++) inner = { type: "Sequence", normalizers: [inner] };
  return inner;
};

/** Of each case: what makes the file, and whether it's a file that must be accepted. */
const MODELS = {
  "a length of 4 GB": [() => Buffer.from([0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x0a])],
  "10^8 pieces claimed by vocab_size": [() => file([normal("a")], { trainer: { vocabSize: 1e8 } }), true],
  "a piece of 10^8 bytes": [() => field(1, field(1, repeated("a", 1e8)))],
  "10^7 empty pieces": [() => repeated([0x0a, 0x00], 1e7)],
  "10^7 pieces of one byte": [() => repeated([0x0a, 3, 0x0a, 1, 97], 1e7)],
  "10^7 pieces as SentencePiece writes them": [() => repeated([0x0a, 8, 0x0a, 1, 97, 0x15, 0, 0, 0x80, 0xbf], 1e7)],
  "2^20 pieces, the last one twice": [() => file([...unlike(2 ** 20 - 2, 6), normal("_____0")])],
  "1,000 pieces of 7,999 bytes": [() => file([...long(1000), normal("a"), normal("a")])],
  "8 MB of pieces that share nothing": [() => file([...random(4100, 2000), normal("a"), normal("a")])],
  "10^7 fields that aren't known": [() => bytes(small(), repeated([0x30, 0x01], 1e7), [0x0a, 0])],
  "10^7 fields that aren't known in a specification": [
    () => bytes(small(), field(2, bytes(repeated([0xd0, 0x0c, 0x01], 1e7), [0x18, 9]))),
  ],
  "10^7 names of input files": [() => bytes(small(), field(2, bytes(repeated([0x0a, 0x00], 1e7), [0x18, 9])))],
  "10^6 specifications": [() => bytes(small(), repeated(field(2, [0x18, 9]), 1e6))],
  "10^5 groups in groups": [() => bytes(small(), repeated([0x2b], 1e5))],
  "rules of 50 MB": [() => file([normal("a")], { normalizer: { precompiledCharsmap: rules(5e7, 0) } })],
  "rules of 16 MB": [() => file([normal("a")], { normalizer: { precompiledCharsmap: rules(1.6e7, 0) } }), true],
  "rules that lead in circles": [
    () => file([normal("a")], { normalizer: { precompiledCharsmap: rules(4096, 0x400) } }),
    true,
    (tokenizer) => tokenizer.encode("a".repeat(100_000)),
  ],
  "names of what objects have": [() => file(["__proto__", "constructor", "toString"].map(normal)), true],
  "a chain of 4,000 unused pieces": [
    () => file([normal("a"), ...chain(3900)], { trainer: { modelType: 2 } }),
    true,
    (tokenizer) => tokenizer.encode("a".repeat(100_000)),
  ],
  "a file of 100,000 pieces, cut off": [() => file(unlike(1e5, 8)).subarray(0, 1_500_000)],
};

const JSONS = {
  "10^7 pieces in JSON": [() => json(Array(1e7).fill(["a", -1]))],
  "2^20 pieces in JSON, the last one wrong": [
    () => json([...unlike(2 ** 20 - 1, 6).map(({ piece }) => [piece, -1]), ["b"]]),
  ],
  "a piece of 8 million characters": [() => json([["<unk>", 0], ["日".repeat(8e6), -1], ["a"]])],
  "8 MB of letters in pieces": [
    () => json([["<unk>", 0], ...random(3200, 2600).map(({ piece }) => [piece, -1])]),
    true,
  ],
  "an id out of range": [() => json([["<unk>", 0]], { unk_id: 5 })],
  "an id of an added token out of range": [
    () => ({ ...json([["<unk>", 0]]), added_tokens: [{ id: 2 ** 40, content: "x", special: true }] }),
  ],
  "10^6 added tokens": [
    () => ({
      ...json([["<unk>", 0]]),
      added_tokens: Array.from({ length: 1e6 }, (_, i) => ({ id: i, content: `<${i}>` })),
    }),
  ],
  "normalizers 10^5 deep": [() => ({ ...json([["<unk>", 0]]), normalizer: nested(1e5) })],
  "a pattern that never ends": [
    () => ({ ...json([["<unk>", 0]]), normalizer: { type: "Replace", pattern: { Regex: "(a+)+$" }, content: "" } }),
  ],
  "rules of 50 MB in base64": [
    () => ({
      ...json([["<unk>", 0]]),
      normalizer: { type: "Precompiled", precompiled_charsmap: "A".repeat(66_666_664) },
    }),
  ],
  "__proto__ as a key": [
    () => JSON.parse('{"__proto__": {"model": {}}, "model": {"__proto__": {"vocab": []}, "type": "Unigram"}}'),
  ],
  "a model file in base64 that is none": [() => ({ type: "SentencePiece", marks: "none", model: "A".repeat(5e7) })],
};

/** The text of a tokenizer.json for `t5`, or what writes into its stdin, and what it must say. */
const COMMANDS = {
  "36 MB of lists": [() => filled('{"x":[', "[]", "]}"), "x: expected JSON of at most"],
  "36 MB of numbers": [() => filled('{"x":[', "0", "]}"), "x: expected JSON of at most"],
  "36 MB of pieces": [
    () => filled('{"model":{"vocab":{', (i) => `"${hashed(i)}":0`, "}}}"),
    "model.vocab: expected JSON of at most",
  ],
  "18 million lists in each other": [
    () => `{"x":${"[".repeat(17_999_997)}${"]".repeat(17_999_997)}}`,
    "x: expected JSON nested at most",
  ],
  "36 MB, cut off": [() => `{"x":"${"a".repeat(35_999_994)}`, "expected JSON: Unterminated string"],
  "36 MB of spaces": [() => " ".repeat(36e6), "expected JSON: Unexpected end"],
  "as many pieces as are parsed": [
    () => filled('{"model":{"type":"BPE","merges":[],"vocab":{', (i) => `"${hashed(i)}":${i}`, "}}}", 599_000),
    "model.vocab: more than",
  ],
  "as many objects with names of their own as are parsed": [
    () => filled('{"x":[', (i) => `{"${hashed(i)}":0}`, "]}", 514_000),
    "an object without a model",
  ],
  "as many lists as are parsed": [() => filled('{"x":[', "[]", "]}", 1_799_000), "an object without a model"],
  "as many texts as are parsed": [
    () => filled('{"x":[', (i) => `"${hashed(i)}xxxxxx"`, "]}", 719_000),
    "an object without a model",
  ],
  "zeros without end in a pipe": ["cat /dev/zero", "it goes on after 36000000 bytes"],
  "spaces without end in a pipe": ["yes ' '", "it goes on after 36000000 bytes"],
};

const [name, isChild] = process.argv.slice(2);
if (isChild === "here") await runHere(name);
else if (isChild === "t5") await runCommand(name);
else {
  let isBad = false;
  const names = process.argv.slice(2);
  for (const each of names.length > 0 ? names : [...[MODELS, JSONS, COMMANDS].flatMap(Object.keys)]) {
    const how = each in COMMANDS ? "t5" : "here";
    const { stdout, stderr } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), each, how], {
      encoding: "utf8",
    });
    if (stdout === "") console.log(`${each}: BAD: no answer: ${stderr.slice(-300)}`);
    else process.stdout.write(stdout);
    isBad ||= stdout === "" || stdout.includes("BAD");
  }
  process.exitCode = isBad ? 1 : 0;
}

async function runHere(each) {
  const [make, isAccepted = false, use = () => {}] = MODELS[each] ?? JSONS[each];
  const load = each in MODELS ? loadSentencePiece : tokenizerFromJson;
  const content = make();
  const before = process.resourceUsage().maxRSS / 1024;
  const started = performance.now();
  let outcome = "accepted";
  let isTyped = isAccepted;
  try {
    use(load(content));
  } catch (error) {
    outcome = `${error.name}: ${error.message.slice(0, 120)}`;
    isTyped = !isAccepted && ["ModelFileError", "TokenizerJsonError"].includes(error.name);
  }
  const ms = performance.now() - started;
  const mb = process.resourceUsage().maxRSS / 1024;
  const isBad = !isTyped || ms > MAX_MS || mb > MAX_MB;
  console.log(
    `${each}: ${isBad ? "BAD: " : ""}${ms.toFixed(0)} ms, ${mb.toFixed(0)} MB (${before.toFixed(0)} before): ${outcome}`,
  );
}

async function runCommand(each) {
  const [made, expected] = COMMANDS[each];
  const path = join(tmpdir(), `t5-hostile-${process.pid}.json`);
  if (typeof made === "function") writeFileSync(path, made());
  const t5 = fileURLToPath(new URL("../../apps/cli/dist/t5.js", import.meta.url));
  const peak = "process.on('exit', () => console.log(process.resourceUsage().maxRSS / 1024))";
  const run = `"${process.execPath}" --import "data:text/javascript,${encodeURI(peak)}" "${t5}" tokenizer encode --tokenizer`;
  const started = performance.now();
  const { stdout, stderr } = spawnSync(
    typeof made === "function" ? `${run} "${path}" a` : `${made} | ${run} /dev/stdin a`,
    {
      shell: true,
      encoding: "utf8",
    },
  );
  const ms = performance.now() - started;
  rmSync(path, { force: true });
  const mb = Number.parseFloat(stdout);
  const isBad = !(stderr.includes(expected) && ms <= MAX_MS && mb <= MAX_MB);
  const outcome = stderr.trim().replace(path, "tokenizer.json").slice(0, 140);
  console.log(`${each}: ${isBad ? "BAD: " : ""}${ms.toFixed(0)} ms, ${mb.toFixed(0)} MB: ${outcome}`);
}

/** As many items between commas as are asked for, or as fit into the largest file that is read. */
function filled(open, item, close, count = Number.POSITIVE_INFINITY) {
  const items = [];
  let size = open.length + close.length;
  for (let i = 0; i < count; i++) {
    const next = typeof item === "string" ? item : item(i);
    size += next.length + 1;
    if (size > 36e6) break;
    items.push(next);
  }
  return `${open}${items.join(",")}${close}`;
}

/** Names that aren't in order, which a hash table might like better. */
function hashed(i) {
  return (Math.imul(i, 0x9e3779b1) >>> 0).toString(36);
}

function varint(value) {
  const out = [];
  for (; value > 127; value = Math.floor(value / 128)) out.push((value % 128) + 128);
  return [...out, value];
}

function long(count) {
  return Array.from({ length: count }, (_, i) => normal(`${"x".repeat(7990)}${String(i).padStart(9, "0")}`));
}

/** Pieces of so many letters in which one place says nothing of the next. */
function random(count, length) {
  let state = 1;
  const letter = () => {
    state = (state * 48271) % 2147483647;
    return String.fromCharCode(97 + (state % 26));
  };
  return Array.from({ length: count }, () => normal(Array.from({ length }, letter).join("")));
}

function chain(count) {
  return Array.from({ length: count }, (_, i) => ({ piece: "a".repeat(i + 2), score: -i, type: "unused" }));
}

/** A table of rules with one unit everywhere, and no replacements. */
function rules(sizeBytes, unit) {
  const content = Buffer.alloc(4 + sizeBytes);
  content.writeUInt32LE(sizeBytes, 0);
  for (let at = 4; at < content.length; at += 4) content.writeUInt32LE(unit, at);
  return content;
}
