/** Text out of bytes that come one by one. */
export class Utf8Stream {
  readonly #replacement: string;
  #waiting: number[] = [];

  /** @param replacement What is written for each byte that is no part of a character. */
  constructor(replacement: string) {
    this.#replacement = replacement;
  }

  /** The text that is certain now that `byte` is here. */
  push(byte: number): string {
    if (byte < 0x80 && this.#waiting.length === 0) return String.fromCharCode(byte);
    this.#waiting.push(byte);
    return this.#decode(false);
  }

  /** The rest. The stream can be used for another text then. */
  end(): string {
    return this.#waiting.length === 0 ? "" : this.#decode(true);
  }

  #decode(isEnd: boolean): string {
    const bytes = this.#waiting;
    let text = "";
    let at = 0;
    while (at < bytes.length) {
      const length = lengthOf(bytes[at]!);
      const isStart = length > 0 && startsCharacter(bytes, at, length);
      if (isStart && at + length <= bytes.length) {
        text += UTF8.decode(Uint8Array.from(bytes.slice(at, at + length)));
        at += length;
      } else if (isStart && !isEnd) break;
      else {
        text += this.#replacement;
        at++;
      }
    }
    this.#waiting = bytes.slice(at);
    return text;
  }
}

/** How many bytes a character has that begins with `byte`; 0 if none does. */
function lengthOf(byte: number): number {
  if (byte < 0x80) return 1;
  if (byte < 0xc2) return 0;
  if (byte < 0xe0) return 2;
  if (byte < 0xf0) return 3;
  return byte < 0xf5 ? 4 : 0;
}

/** Whether the bytes that are there can be those of one character: not longer than need be, no half of a surrogate pair, none above U+10FFFF. */
function startsCharacter(bytes: readonly number[], at: number, length: number): boolean {
  for (let i = 1; i < length && at + i < bytes.length; i++) {
    if ((bytes[at + i]! & 0xc0) !== 0x80) return false;
  }
  const second = bytes[at + 1];
  if (length < 3 || second === undefined) return true;
  const first = bytes[at]!;
  if (first === 0xe0) return second >= 0xa0;
  if (first === 0xed) return second < 0xa0;
  if (first === 0xf0) return second >= 0x90;
  return first !== 0xf4 || second < 0x90;
}

const UTF8 = new TextDecoder("utf-8", { ignoreBOM: true });
