import { buildDoubleArray, keysOf } from "../tries/build-double-array.js";
import { type DoubleArray, hasValue, LABEL_MASK, offsetOf } from "../tries/double-array.js";

/**
 * Rules for normalizing text, compiled: which byte sequences are replaced, and by what.
 *
 * The file form, `precompiled_charsmap`, is the length of the trie in bytes, the trie, and the replacements, each
 * followed by a 0 byte; all numbers have 32 bits, the lowest byte first. A key's value is where its replacement begins.
 */
export type Charsmap = {
  readonly trie: DoubleArray;
  readonly replacements: Uint8Array;
  /** 1 for ASCII bytes that no rule begins with, unless the next byte isn't ASCII: most of a text is made of them. */
  readonly isPlain: Uint8Array;
};

/** The rule that changes nothing. */
export const IDENTITY: Charsmap = {
  trie: buildDoubleArray(new Uint8Array(0), []),
  replacements: new Uint8Array(0),
  isPlain: new Uint8Array(256).fill(1, 0, 128),
};

/**
 * The longest text in use that has a rule has 12 bytes, the longest replacement 33. A file may not choose how far we look
 * ahead (its trie may go in a circle) and how much a text grows.
 */
const MAX_RULE = 256;
const MAX_REPLACEMENT = 256;

/** Of compiled rules; those in use have at most 0.4 MB. */
export const MAX_CHARSMAP_BYTES: number = 2 ** 24;

/**
 * Reads compiled rules. Throws what `problem` makes of a description if they could lead outside of what is there.
 */
export function parseCharsmap(bytes: Uint8Array, problem: (what: string) => Error): Charsmap {
  if (bytes.length === 0) return IDENTITY;
  if (bytes.length > MAX_CHARSMAP_BYTES) {
    throw problem(`expected at most ${MAX_CHARSMAP_BYTES} bytes, got ${bytes.length}`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const trieBytes = bytes.length < 4 ? -1 : view.getUint32(0, true);
  if (trieBytes < 0 || trieBytes > bytes.length - 4 || trieBytes % 4 !== 0) {
    throw problem(`expected the length of a trie in ${bytes.length} bytes, got ${trieBytes}`);
  }
  // Whole blocks, so that no byte leads outside from a place whose block is there.
  const unitCount = trieBytes / 4;
  const trie = new Int32Array(Math.max(256, Math.ceil(unitCount / 256) * 256)).fill(0x80000000 | 0, unitCount);
  new Uint8Array(trie.buffer).set(bytes.subarray(4, 4 + trieBytes)); // every platform's order of bytes is the file's
  const replacements = bytes.slice(4 + trieBytes);
  checkTrie(trie, replacements, problem);
  return { trie, replacements, isPlain: findPlain(trie) };
}

/** Compiles rules, each a text and what replaces it; of rules for the same text the last counts. */
export function compileCharsmap(rules: Iterable<readonly [text: string, replacement: string]>): Uint8Array {
  const places = new Map<string, number>();
  const texts: string[] = [];
  const values: number[] = [];
  const parts: Uint8Array[] = [];
  let length = 0;
  for (const [text, replacement] of rules) {
    let place = places.get(replacement);
    if (place === undefined) {
      place = length;
      places.set(replacement, place);
      parts.push(keysOf([replacement]));
      length += parts.at(-1)!.length;
    }
    texts.push(text);
    values.push(place);
  }
  if (texts.length === 0) return new Uint8Array(0);
  const trie = buildDoubleArray(keysOf(texts), values, { sharesEndings: true });
  const bytes = new Uint8Array(4 + trie.length * 4 + length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, trie.length * 4, true);
  for (let i = 0; i < trie.length; i++) view.setInt32(4 + i * 4, trie[i]!, true);
  let at = 4 + trie.length * 4;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** By what the length of a rule is multiplied to be in one number with its place. */
export const RULE_LENGTH: number = 2 ** 31;

/** The rule for the longest prefix of `bytes[start, end)`: its length times `RULE_LENGTH` plus where its replacement begins; -1 for none. */
export function longestRule({ trie }: Charsmap, bytes: Uint8Array, start: number, end: number): number {
  const stop = Math.min(end, start + MAX_RULE);
  let place = 0;
  let unit = trie[0]!;
  let found = -1;
  for (let i = start; i < stop; i++) {
    const byte = bytes[i]!;
    place ^= offsetOf(unit) ^ byte;
    unit = trie[place]!;
    if ((unit & LABEL_MASK) !== byte) break;
    if (hasValue(unit)) found = (i + 1 - start) * RULE_LENGTH + (trie[place ^ offsetOf(unit)]! & 0x7fffffff);
  }
  return found;
}

/** Every unit must lead into the trie, every value to a replacement that ends. */
function checkTrie(trie: DoubleArray, replacements: Uint8Array, problem: (what: string) => Error): void {
  let terminated = 0;
  for (let end = replacements.indexOf(0); end >= 0; end = replacements.indexOf(0, terminated)) {
    if (end - terminated > MAX_REPLACEMENT) {
      throw problem(`expected replacements of at most ${MAX_REPLACEMENT} bytes, got one of ${end - terminated}`);
    }
    terminated = end + 1;
  }
  const place = firstAstray(trie, terminated);
  if (place < 0) return;
  const base = (place ^ offsetOf(trie[place]!)) >>> 0;
  if (base >= trie.length) throw problem(`unit ${place} leads to unit ${base} of ${trie.length}`);
  const value = trie[base]! & 0x7fffffff;
  throw problem(`unit ${place} leads to the replacement at byte ${value}, after the last one`);
}

/** The place of the first unit that leads out of the trie, or to a value of at least `end`; -1 for none. */
function firstAstray(trie: DoubleArray, end: number): number {
  for (let place = 0; place < trie.length; place++) {
    const unit = trie[place]!;
    if (unit < 0) continue; // a value, or nothing
    const base = (place ^ offsetOf(unit)) >>> 0;
    if (base >= trie.length || (hasValue(unit) && (trie[base]! & 0x7fffffff) >= end)) return place;
  }
  return -1;
}

function findPlain(trie: DoubleArray): Uint8Array {
  const isPlain = new Uint8Array(256);
  const base = offsetOf(trie[0]!);
  for (let byte = 1; byte < 128; byte++) {
    const place = base ^ byte;
    const unit = trie[place]!;
    if ((unit & LABEL_MASK) !== byte) {
      isPlain[byte] = 1;
      continue;
    }
    let leadsOn = hasValue(unit);
    const children = place ^ offsetOf(unit);
    for (let next = 1; next < 128; next++) if ((trie[children ^ next]! & LABEL_MASK) === next) leadsOn = true;
    isPlain[byte] = leadsOn ? 0 : 1;
  }
  return isPlain;
}
