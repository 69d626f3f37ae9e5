/** What JSON.parse takes most of is names and strings that weren't there before: as long as so many short values take. */
const WEIGHT_OF_NEW_STRING = 4;

/** JSON.parse takes up to 2 s and 300 MB for these. Gemma 3's tokenizer.json, the heaviest of the real ones, weighs 3.2 million. */
const MOST_WEIGHT = 3_600_000;

const MOST_DEPTH = 100;

/** Strings are told apart by so many bits of their hashes. */
const HASH_BITS = 23;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const BRACKETS = { open: 0x5b, close: 0x5d };
const BRACES = { open: 0x7b, close: 0x7d };

/**
 * Refuses JSON that JSON.parse would work on for ten seconds and make a gigabyte of, though it's small enough as bytes:
 * 36 MB of `[]`, of fields with different names, of brackets in brackets. Counts its commas, colons, brackets and different
 * strings. What isn't JSON is left to the parser.
 *
 * @throws RangeError with the field in which it becomes too much.
 */
export function checkJsonWeight(json: Uint8Array): void {
  const seen = new Uint8Array(2 ** (HASH_BITS - 3));
  let weight = 0;
  let depth = 0;
  let stringAt = 0;
  /** Where the names of the fields begin that lead to the place, by their depth; there are two at most. */
  const namesAt: number[] = [];

  for (let at = 0; at < json.length; at++) {
    const byte = json[at];
    if (byte === QUOTE) {
      stringAt = at;
      let hash = 0;
      for (at++; at < json.length && json[at] !== QUOTE; at++) {
        if (json[at] === BACKSLASH) at++;
        hash = Math.imul(hash ^ (json[at] as number), 0x01000193) + 1;
      }
      hash = (hash ^ (hash >>> (32 - HASH_BITS))) & (2 ** HASH_BITS - 1);
      const bit = 1 << (hash & 7);
      const bits = seen[hash >> 3] as number;
      if ((bits & bit) === 0) weight += WEIGHT_OF_NEW_STRING;
      seen[hash >> 3] = bits | bit;
    } else if (byte === COMMA) {
      weight++;
    } else if (byte === COLON) {
      weight++;
      if (depth <= 2) {
        namesAt.length = Math.max(0, depth - 1);
        namesAt.push(stringAt);
      }
    } else if (byte === BRACKETS.open || byte === BRACES.open) {
      weight++;
      depth++;
    } else if (byte === BRACKETS.close || byte === BRACES.close) {
      depth--;
    }
    if (depth > MOST_DEPTH) throw tooMuch(`nested at most ${MOST_DEPTH} deep, got deeper`);
    if (weight > MOST_WEIGHT) {
      throw tooMuch(`of at most ${MOST_WEIGHT} values, a new string counting as ${WEIGHT_OF_NEW_STRING}, got more`);
    }
  }

  function tooMuch(expected: string): RangeError {
    const path = namesAt.map((nameAt) => nameOf(json, nameAt)).join(".");
    return new RangeError(`${path === "" ? "" : `${path}: `}expected JSON ${expected}`);
  }
}

/** The first characters of the string that begins at a place. */
function nameOf(json: Uint8Array, at: number): string {
  const start = new TextDecoder().decode(json.subarray(at + 1, at + 41));
  return start.split('"', 1)[0] as string;
}
