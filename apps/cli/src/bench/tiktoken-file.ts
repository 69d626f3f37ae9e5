/** The part of a vocabulary of tiktoken that isn't its special tokens. */
export type TiktokenFile = {
  /** The regular expression that cuts words. */
  pat_str: string;
  /** Lines of `!`, the rank of the first token, and tokens in base64. */
  bpe_ranks: string;
};

/**
 * A vocabulary of tiktoken as a tokenizer.json that gives the same ids.
 *
 * tiktoken merges any two neighbours that make a token, the one with the lowest rank first; so every way to make a token
 * of two others is a merge, in the order of the tokens made.
 */
export function tokenizerJsonOfTiktoken({ pat_str, bpe_ranks }: TiktokenFile): object {
  const vocab = new Map<string, number>();
  for (const line of bpe_ranks.split("\n")) {
    const [, first, ...tokens] = line.split(" ");
    for (const [i, token] of tokens.entries()) vocab.set(characters(Buffer.from(token, "base64")), Number(first) + i);
  }
  const merges: [string, string][] = [];
  for (const [token] of [...vocab].sort(([, a], [, b]) => a - b)) {
    const ways: [string, string][] = [];
    for (let i = 1; i < token.length; i++) {
      const [left, right] = [token.slice(0, i), token.slice(i)];
      if (vocab.has(left) && vocab.has(right)) ways.push([left, right]);
    }
    merges.push(...ways.sort(([a, b], [c, d]) => vocab.get(a)! - vocab.get(c)! || vocab.get(b)! - vocab.get(d)!));
  }
  const byteLevel = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: false };
  const split = { type: "Split", pattern: { Regex: pat_str }, behavior: "Isolated", invert: false };
  const none = { dropout: null, unk_token: null, continuing_subword_prefix: null, end_of_word_suffix: null };
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: { type: "Sequence", pretokenizers: [split, byteLevel] },
    post_processor: null,
    decoder: byteLevel,
    model: {
      type: "BPE",
      ...none,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: true,
      vocab: Object.fromEntries(vocab),
      merges,
    },
  };
}

/** Bytes as GPT-2 writes them: printable ones of Latin-1 as they are, the others from U+0100 on. */
function characters(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => BYTE_CHARACTERS[byte]).join("");
}

const BYTE_CHARACTERS: readonly string[] = (() => {
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) => {
    const isPrintable = (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte !== 0xad);
    return String.fromCharCode(isPrintable ? byte : next++);
  });
})();
