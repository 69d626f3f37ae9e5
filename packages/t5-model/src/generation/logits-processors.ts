/**
 * Changes one row of scores [vocabSize], in place, before the next token is chosen.
 *
 * @param tokens What the decoder has so far, its start token first.
 * @param input Which input of the batch the row is for.
 */
export type LogitsProcessor = (scores: Float32Array, tokens: readonly number[], input: number) => void;

/** Divides positive scores of tokens that were used before by `penalty`, multiplies negative ones. Keskar et al. 2019. */
export function repetitionPenalty(penalty: number): LogitsProcessor {
  if (!(penalty > 0)) throw new RangeError(`repetitionPenalty: penalty: expected a number above 0, got ${penalty}`);
  return (scores, tokens) => {
    for (const token of new Set(tokens)) {
      const score = scores[token] as number;
      scores[token] = score < 0 ? score * penalty : score / penalty;
    }
  };
}

/** Forbids tokens that would repeat a run of `size` tokens. Paulus et al. 2017. */
export function noRepeatNgram(size: number): LogitsProcessor {
  checkPositive("noRepeatNgram: size", size);
  return (scores, tokens) => ban(scores, continuations(tokens, tokens, size));
}

/**
 * Forbids runs of `size` tokens that stand in the input, so that it can't be copied out.
 *
 * @param inputIds The batch's inputs, row by row.
 */
export function noRepeatInputNgram(inputIds: readonly (readonly number[])[], size: number): LogitsProcessor {
  checkPositive("noRepeatInputNgram: size", size);
  return (scores, tokens, input) => ban(scores, continuations(inputIds[input] ?? [], tokens, size));
}

/** Forbids sequences of tokens. A sequence that is the end token alone isn't forbidden: nothing would end. */
export function badWords(sequences: readonly (readonly number[])[], eosTokenId: number): LogitsProcessor {
  const banned = sequences.filter((words) => words.length > 0 && !(words.length === 1 && words[0] === eosTokenId));
  return (scores, tokens) => {
    for (const words of banned) {
      const start = words.slice(0, -1);
      const end = tokens.slice(tokens.length - start.length);
      const isNext = start.length <= tokens.length && start.every((token, i) => token === end[i]);
      if (isNext) ban(scores, [words.at(-1) as number]);
    }
  };
}

/** Forbids the end before `length` tokens, the start token counted. */
export function minLength(length: number, eosTokenId: number): LogitsProcessor {
  return (scores, tokens) => {
    if (tokens.length < length) ban(scores, [eosTokenId]);
  };
}

/** Allows only `token` where the decoder has `at` tokens: 1 for the first after the start, maxLength - 1 for the last. */
export function forceToken(token: number, at: number): LogitsProcessor {
  return (scores, tokens) => {
    if (tokens.length !== at) return;
    scores.fill(Number.NEGATIVE_INFINITY);
    scores[token] = 0;
  };
}

/** Forbids tokens altogether, such as the table's rows beyond the vocabulary: a T5 has 32128 rows for 32100 pieces. */
export function suppressTokens(tokens: Iterable<number>): LogitsProcessor {
  const banned = [...tokens];
  return (scores) => ban(scores, banned);
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

function ban(scores: Float32Array, tokens: readonly number[]): void {
  for (const token of tokens) scores[token] = Number.NEGATIVE_INFINITY;
}

function checkPositive(what: string, value: number): void {
  if (!Number.isInteger(value) || value < 1)
    throw new RangeError(`${what}: expected an integer from 1 on, got ${value}`);
}
