/**
 * Changes one row of scores [vocabSize], in place, before the next token is chosen.
 *
 * @param tokens What the decoder has so far, its start token first.
 * @param input Which input of the batch the row is for.
 */
export type LogitsProcessor = (scores: Float32Array, tokens: readonly number[], input: number) => void;

/** Divides positive scores of tokens that were used before by `penalty`, multiplies negative ones. Keskar et al. 2019. */
export function repetitionPenalty(penalty: number): LogitsProcessor {
  if (!(penalty > 0 && penalty < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`repetitionPenalty: penalty: expected a number above 0, got ${penalty}`);
  }
  return (scores, tokens) => {
    for (const token of new Set(tokens)) {
      const score = scores[token] as number;
      scores[token] = score < 0 ? score * penalty : score / penalty;
    }
  };
}

/** Forbids tokens that would repeat a run of `size` tokens. Paulus et al. 2017. */
export function noRepeatNgram(size: number): LogitsProcessor {
  checkInteger("noRepeatNgram: size", size, 1);
  return (scores, tokens) => ban("noRepeatNgram: tokens", scores, continuations(tokens, tokens, size));
}

/**
 * Forbids runs of `size` tokens that stand in the input, so that it can't be copied out.
 *
 * @param inputIds The batch's inputs, row by row.
 * @throws RangeError while generating, if an input has no row or an id is outside the vocabulary.
 */
export function noRepeatInputNgram(inputIds: readonly (readonly number[])[], size: number): LogitsProcessor {
  const name = "noRepeatInputNgram";
  checkInteger(`${name}: size`, size, 1);
  checkRows(`${name}: inputIds`, inputIds);
  return (scores, tokens, input) => {
    const row = inputIds[input];
    if (row === undefined) {
      throw new RangeError(`${name}: inputIds: expected a row for input ${input}, got ${inputIds.length} rows`);
    }
    ban(`${name}: inputIds`, scores, continuations(row, tokens, size));
  };
}

/**
 * Forbids sequences of tokens. A sequence that is the end token alone isn't forbidden: nothing would end.
 *
 * @throws RangeError while generating, if a last token is outside the vocabulary.
 */
export function badWords(sequences: readonly (readonly number[])[], eosTokenId: number): LogitsProcessor {
  checkRows("badWords: sequences", sequences);
  const banned = sequences.filter((words) => words.length > 0 && !(words.length === 1 && words[0] === eosTokenId));
  const last = banned.map((words) => words.at(-1) as number);
  return (scores, tokens) => {
    checkWithin("badWords: sequences", scores, last);
    for (const words of banned) {
      const start = words.slice(0, -1);
      const end = tokens.slice(tokens.length - start.length);
      const isNext = start.length <= tokens.length && start.every((token, i) => token === end[i]);
      if (isNext) ban("badWords: sequences", scores, [words.at(-1) as number]);
    }
  };
}

/** Forbids the end before `length` tokens, the start token counted. */
export function minLength(length: number, eosTokenId: number): LogitsProcessor {
  checkInteger("minLength: length", length, 0);
  return (scores, tokens) => {
    if (tokens.length < length) ban("minLength: eosTokenId", scores, [eosTokenId]);
  };
}

/**
 * Allows only `token` where the decoder has `at` tokens: 1 for the first after the start, maxLength - 1 for the last.
 *
 * @throws RangeError while generating, if `token` is outside the vocabulary.
 */
export function forceToken(token: number, at: number): LogitsProcessor {
  checkInteger("forceToken: at", at, 1);
  return (scores, tokens) => {
    checkWithin("forceToken: token", scores, [token]);
    if (tokens.length !== at) return;
    scores.fill(Number.NEGATIVE_INFINITY);
    scores[token] = 0;
  };
}

/**
 * Forbids tokens altogether, such as the table's rows beyond the vocabulary: a T5 has 32128 rows for 32100 pieces.
 *
 * @throws RangeError while generating, if a token is outside the vocabulary.
 */
export function suppressTokens(tokens: Iterable<number>): LogitsProcessor {
  const banned = [...tokens];
  return (scores) => ban("suppressTokens: tokens", scores, banned);
}

/** The tokens that followed, in `text`, the last `size` - 1 tokens. */
function continuations(text: readonly number[], tokens: readonly number[], size: number): number[] {
  if (tokens.length + 1 < size) return [];
  const prefix = tokens.slice(tokens.length - (size - 1));
  const found: number[] = [];
  for (let i = 0; i + size <= text.length; i++) {
    if (prefix.every((token, k) => text[i + k] === token)) found.push(text[i + size - 1] as number);
  }
  return found;
}

function ban(what: string, scores: Float32Array, tokens: readonly number[]): void {
  checkWithin(what, scores, tokens);
  for (const token of tokens) scores[token] = Number.NEGATIVE_INFINITY;
}

/** The vocabulary is known by the row of scores alone, so that ids are checked while generating. */
function checkWithin(what: string, scores: Float32Array, tokens: readonly number[]): void {
  for (const token of tokens) {
    if (typeof token === "number" && scores[token] !== undefined) continue;
    throw new RangeError(`${what}: expected ids from 0 to ${scores.length - 1}, got ${JSON.stringify(token)}`);
  }
}

function checkRows(what: string, rows: readonly (readonly number[])[]): void {
  if (Array.isArray(rows) && rows.every(Array.isArray)) return;
  throw new TypeError(`${what}: expected a list of lists of ids, got ${JSON.stringify(rows)?.slice(0, 60)}`);
}

function checkInteger(what: string, value: number, least: number): void {
  if (!Number.isInteger(value) || value < least)
    throw new RangeError(`${what}: expected an integer from ${least} on, got ${value}`);
}
