import { readLines } from "@t5ts/datasets";
import type { Encoding, Tokenizer } from "@t5ts/tokenizer-bpe";
import { inputSource } from "../files/text-input.js";
import { openTokenizer } from "../files/tokenizer-file.js";
import type { CommandContext, SharedOptions } from "../run-command.js";
import { outColors } from "../terminal/colors.js";
import { formatCount } from "../terminal/format-number.js";
import type { Output } from "../terminal/output.js";
import { formatTable } from "../terminal/table.js";
import { inputItems } from "../usage-error.js";
import { formatMergeTree, mergeRanks, mergeTrees } from "./merge-tree.js";
import { bestSpellings, describeVocabulary } from "./vocabulary-kinds.js";

/** What `t5 tokenizer inspect` is told. */
export type TokenizerInspectOptions = SharedOptions & { tokenizer: string; count?: string; top: number };

const MAX_WORDS_EXPLAINED = 5;
const MAX_SPELLINGS = 5;

/** Prints what a vocabulary is, and what it makes of a text. */
export async function inspectTokenizer(
  text: string | undefined,
  { tokenizer: path, count, top }: TokenizerInspectOptions,
  { output, signal }: CommandContext,
): Promise<void> {
  const tokenizer = await openTokenizer(path);
  if (text === undefined || count !== undefined) showVocabulary(path, tokenizer, top, output);
  if (text !== undefined) showText(text, tokenizer, output);
  if (count !== undefined) await showCounts(count, tokenizer, { top, output, signal });
}

function showVocabulary(path: string, tokenizer: Tokenizer, top: number, output: Output): void {
  const vocabulary = describeVocabulary(tokenizer);
  const { kind, about, merges, addedIds } = vocabulary;
  const { sentinels, ...roles } = tokenizer.special;
  const special = Object.entries(roles).filter(([, id]) => id >= 0);
  const longest = longestPieces(tokenizer, addedIds, top);
  output.event({
    event: "vocabulary",
    vocabSize: tokenizer.vocabSize,
    kind,
    merges: merges.length,
    addedTokens: addedIds.size,
    special: tokenizer.special,
    longest: longest.map(({ id, piece }) => ({ id, piece })),
  });
  const marks = tokenizer.encodeDetailed("a");
  const template = marks.pieces.map((piece, i) => (marks.specialTokensMask[i] === 1 ? piece : "text"));
  const rows: [string, string][] = [
    ["ids", formatCount(tokenizer.vocabSize)],
    ["kind", about],
    ["writes", template.filter((part, i) => part !== "text" || template[i - 1] !== "text").join(" ")],
    ...special.map(([role, id]): [string, string] => [role, `${tokenizer.pieceOf(id)} = ${id}`]),
    ...(sentinels.length > 0 ? [["sentinels", describeSentinels(sentinels)] as [string, string]] : []),
  ];
  output.line(outColors.bold(path));
  for (const [name, value] of rows) output.line(`  ${outColors.dim(name.padEnd(10))} ${value}`);
  output.line(outColors.bold("\nLongest pieces"));
  const columns = [{ title: "id", align: "right" as const }, { title: "piece" }, { title: "text" }];
  const shown = longest.map(({ id, piece }) => [String(id), piece, JSON.stringify(tokenizer.decode([id]))]);
  for (const line of formatTable(columns, shown)) output.line(line);
}

function describeSentinels(sentinels: readonly number[]): string {
  return `<extra_id_0> = ${sentinels[0]} … <extra_id_${sentinels.length - 1}> = ${sentinels.at(-1)}`;
}

function longestPieces(
  tokenizer: Tokenizer,
  addedIds: ReadonlySet<number>,
  top: number,
): { id: number; piece: string }[] {
  const pieces: { id: number; piece: string }[] = [];
  for (let id = 0; id < tokenizer.vocabSize; id++) {
    const piece = tokenizer.pieceOf(id);
    if (piece !== undefined && !addedIds.has(id)) pieces.push({ id, piece });
  }
  return pieces.sort((a, b) => b.piece.length - a.piece.length || a.id - b.id).slice(0, top);
}

function showText(text: string, tokenizer: Tokenizer, output: Output): void {
  const encoding = tokenizer.encodeDetailed(text);
  const { ids, pieces, offsets } = encoding;
  output.event({ event: "encoding", line: 1, ids, pieces, offsets });
  const rows = ids.map((id, i) => {
    const [start, end] = offsets[i] as [number, number];
    const isMark = encoding.specialTokensMask[i] === 1;
    return [
      String(id),
      pieces[i] as string,
      isMark ? "" : `${start}–${end}`,
      isMark ? "mark" : JSON.stringify(text.slice(start, end)),
    ];
  });
  const columns = [
    { title: "id", align: "right" as const },
    { title: "piece" },
    { title: "place", align: "right" as const },
    { title: "text" },
  ];
  for (const line of formatTable(columns, rows)) output.line(line);
  const words = wordPieces(encoding);
  if (words.length <= MAX_WORDS_EXPLAINED) explain(text, words.flat(), tokenizer, output);
}

/** How the pieces of a text came about: the merges that made them, or what spelling them otherwise would cost. */
function explain(text: string, pieces: readonly string[], tokenizer: Tokenizer, output: Output): void {
  const { merges } = describeVocabulary(tokenizer);
  if (merges.length > 0) {
    const ranks = mergeRanks(merges);
    output.line(outColors.bold("\nMerges"));
    for (const piece of pieces) {
      for (const tree of mergeTrees(piece, ranks)) for (const line of formatMergeTree(tree)) output.line(line);
    }
    return;
  }
  const spellings = bestSpellings(tokenizer, text, MAX_SPELLINGS);
  if (spellings.length === 0) return;
  output.event({ event: "spellings", spellings });
  output.line(outColors.bold("\nMost probable spellings"));
  const columns = [{ title: "log probability", align: "right" as const }, { title: "pieces" }];
  const rows = spellings.map(({ score, pieces }) => [score.toFixed(3), pieces.join(" ")]);
  for (const line of formatTable(columns, rows)) output.line(line);
}

/** The pieces of each word, marks left out. */
function wordPieces({ pieces, wordIds }: Encoding): string[][] {
  const words: string[][] = [];
  for (const [i, word] of wordIds.entries()) if (word !== null) (words[word] ??= []).push(pieces[i] as string);
  return words;
}

async function showCounts(
  path: string,
  tokenizer: Tokenizer,
  { top, output, signal }: { top: number; output: Output; signal: AbortSignal },
): Promise<void> {
  const startedAt = Date.now();
  const counts = new Float64Array(tokenizer.vocabSize);
  let [numIds, numCharacters, numWords] = [0, 0, 0];
  for await (const { number, text } of inputItems(readLines(await inputSource(path, signal)))) {
    signal.throwIfAborted();
    for (const id of tokenizer.encode(text, { addSpecialTokens: false })) {
      counts[id]!++;
      numIds++;
    }
    numCharacters += text.length;
    numWords += text.match(/\S+/g)?.length ?? 0;
    if (number % 500 === 0) {
      output.progress({ title: "counting lines", step: number, totalSteps: 0, fields: {}, startedAt });
    }
  }
  output.progress(undefined);
  const order = Array.from(counts.keys()).sort((a, b) => counts[b]! - counts[a]! || a - b);
  const used = order.filter((id) => counts[id]! > 0);
  const best = used
    .slice(0, top)
    .map((id) => ({ id, piece: tokenizer.pieceOf(id) ?? "", count: counts[id] as number }));
  output.event({ event: "counts", file: path, ids: numIds, words: numWords, usedPieces: used.length, pieces: best });
  output.line(outColors.bold(`\nPieces of ${path}`));
  output.line(
    `${formatCount(numIds)} pieces, ${(numIds / Math.max(1, numWords)).toFixed(2)} a word, ` +
      `${(numCharacters / Math.max(1, numIds)).toFixed(2)} characters each; ` +
      `${formatCount(used.length)} of ${formatCount(tokenizer.vocabSize)} ids occur`,
  );
  const columns = [
    { title: "occurs", align: "right" as const },
    { title: "share", align: "right" as const },
    { title: "id", align: "right" as const },
    { title: "piece" },
  ];
  const rows = best.map(({ id, piece, count }) => [
    formatCount(count),
    `${((100 * count) / numIds).toFixed(2)}%`,
    String(id),
    piece,
  ]);
  for (const line of formatTable(columns, rows)) output.line(line);
}
