import type { DecodeStream } from "@t5ts/tokenizer-bpe";

/** Takes away the space that decoding leaves before signs and English contractions, as Hugging Face's `clean_up_tokenization`. */
export function cleanUpSpaces(text: string): string {
  let clean = text;
  for (const [found, replacement] of RULES) clean = clean.replaceAll(found, replacement);
  return clean;
}

/** A stream whose text is cleaned up. */
export function cleanUpStream(stream: DecodeStream): DecodeStream {
  let waiting = "";
  const write = (text: string): string => {
    waiting += text;
    const end = settledEnd(waiting);
    const settled = cleanUpSpaces(waiting.slice(0, end));
    waiting = waiting.slice(end);
    return settled;
  };
  return {
    push: (id) => write(stream.push(id)),
    end() {
      const rest = cleanUpSpaces(waiting + stream.end());
      waiting = "";
      return rest;
    },
  };
}

const RULES: readonly (readonly [string, string])[] = [
  [" .", "."],
  [" ?", "?"],
  [" !", "!"],
  [" ,", ","],
  [" ' ", "'"],
  [" n't", "n't"],
  [" 'm", "'m"],
  [" 's", "'s"],
  [" 've", "'ve"],
  [" 're", "'re"],
];

/** Where the last space is that no rule reaches across, whatever follows: it stands between two words. */
function settledEnd(text: string): number {
  for (let at = text.length - 2; at > 0; at--) {
    if (text[at] === " " && !"' ".includes(text[at - 1]!) && !".?!,'n ".includes(text[at + 1]!)) return at;
  }
  return 0;
}
