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
  return {
    push(id) {
      const text = stream.push(id);
      const old = waiting.length;
      waiting += text;
      // Places that were looked at before aren't looked at again, but for those whose next characters weren't known.
      const end = text === "" ? 0 : settledEnd(waiting, Math.max(1, old - 1));
      const settled = cleanUpSpaces(waiting.slice(0, end));
      waiting = waiting.slice(end);
      return settled;
    },
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

/** The last place from `first` on that no rule reaches across, whatever follows; 0 if there's none. */
function settledEnd(text: string, first: number): number {
  for (let at = text.length; at >= first; at--) if (isSettled(text, at)) return at;
  return 0;
}

function isSettled(text: string, at: number): boolean {
  // Signs stand only at the end of a rule; and every rule begins with a space and has at most four characters, also
  // when an earlier one took a space out of it.
  if (SIGNS.includes(text[at - 1]!)) return true;
  if (at >= 3 && !text.slice(at - 3, at).includes(" ")) return true;
  // A space between two words begins no rule.
  return (
    text[at] === " " && !"' ".includes(text[at - 1]!) && at + 1 < text.length && !`${SIGNS}'n `.includes(text[at + 1]!)
  );
}

const SIGNS = ".?!,";
