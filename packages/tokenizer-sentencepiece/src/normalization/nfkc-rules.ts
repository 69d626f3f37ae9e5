/** The rules that SentencePiece offers by name; `_cf` ones fold case, too. `identity` has none. */
export type NormalizationName = "nmt_nfkc" | "nfkc" | "nmt_nfkc_cf" | "nfkc_cf" | "identity";

/** A text, and what replaces it. */
export type NormalizationRule = readonly [text: string, replacement: string];

/**
 * The rules of a name, by the Unicode version of the platform.
 *
 * `nfkc` is Unicode's NFKC as rules on prefixes: every character that it changes, and every sequence that it composes, in
 * all spellings. `nmt` drops control characters and makes a space of everything that looks like one.
 */
export function normalizationRules(name: NormalizationName): NormalizationRule[] {
  if (name === "identity") return [];
  let rules = nfkcRules();
  if (name.endsWith("_cf")) rules = foldCase(rules);
  if (name.startsWith("nmt_")) addNmtRules(rules);
  return [...withoutRedundant(rules)];
}

const LAST_CODE_POINT = 0x10ffff;

function nfkcRules(): Map<string, string> {
  const rules = new Map<string, string>();
  /** For a character, those that NFKD makes it of. */
  const spellings = new Map<string, string[]>();
  const decomposed = new Set<string>();
  for (let code = 1; code <= LAST_CODE_POINT; code++) {
    if (code === 0xd800) code = 0xe000; // halves of surrogate pairs aren't characters
    const character = String.fromCodePoint(code);
    const nfkc = character.normalize("NFKC");
    if (nfkc !== character) rules.set(character, nfkc);
    const nfkd = character.normalize("NFKD");
    if (String.fromCodePoint(nfkd.codePointAt(0)!) !== nfkd) decomposed.add(nfkd);
    else if (nfkd !== character) spellings.set(nfkd, [...(spellings.get(nfkd) ?? [nfkd]), character]);
  }
  for (const nfkd of decomposed) {
    const composed = nfkd.normalize("NFC");
    if (composed === nfkd) continue;
    for (const text of combine([...nfkd].map((character) => spellings.get(character) ?? [character]))) {
      if (text !== composed) rules.set(text, composed);
    }
  }
  return rules;
}

/** All texts that take one of each list. */
function combine(lists: readonly (readonly string[])[]): string[] {
  return lists.reduce<string[]>((texts, list) => texts.flatMap((text) => list.map((each) => text + each)), [""]);
}

function foldCase(rules: ReadonlyMap<string, string>): Map<string, string> {
  const folded = new Map<string, string>();
  for (const [text, replacement] of rules) folded.set(text, fold(replacement));
  for (let code = 1; code <= LAST_CODE_POINT; code++) {
    if (code === 0xd800) code = 0xe000;
    const character = String.fromCodePoint(code);
    if (!folded.has(character) && fold(character) !== character) folded.set(character, fold(character));
  }
  return folded;
}

/** Unicode's simple case folding: of each character another, never more. */
function fold(text: string): string {
  let folded = "";
  for (const character of text) folded += foldCharacter(character);
  return folded;
}

function foldCharacter(character: string): string {
  if (CHEROKEE.test(character)) return character.toUpperCase(); // the one script that folds to capitals
  for (const folded of [character.toUpperCase().toLowerCase(), character.toLowerCase()]) {
    if (folded === character || String.fromCodePoint(folded.codePointAt(0)!) !== folded) continue;
    // Regular expressions compare by simple folding, which tells `ı` from `i` and has no `ss` for `ß`.
    if (new RegExp(`^\\u{${character.codePointAt(0)!.toString(16)}}$`, "iu").test(folded)) return folded;
  }
  return character;
}

const CHEROKEE = /\p{Script=Cherokee}/u;

/** Sets what the rules for machine translation change, as in the files that come with SentencePiece. */
function addNmtRules(rules: Map<string, string>): void {
  const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, i) => from + i);
  const dropped = [...range(0x01, 0x08), 0x0b, ...range(0x0e, 0x1f), 0x7f, 0x8f, 0x9f];
  const spaces = [
    0x09, 0x0a, 0x0c, 0x0d, 0x1680, 0x200b, 0x200c, 0x200e, 0x200f, 0x2028, 0x2029, 0x2581, 0xfeff, 0xfffd,
  ];
  for (const code of dropped) rules.set(String.fromCodePoint(code), "");
  for (const code of spaces) rules.set(String.fromCodePoint(code), " ");
  rules.delete("～"); // Japanese uses the wide tilde for other things than the narrow one
}

/** Without the rules for sequences that shorter rules normalize to the same. */
function withoutRedundant(rules: ReadonlyMap<string, string>): Map<string, string> {
  const kept = new Map<string, string>();
  const byLength: NormalizationRule[][] = [];
  for (const rule of rules) {
    const length = [...rule[0]].length;
    while (byLength.length <= length) byLength.push([]);
    byLength[length]!.push(rule);
  }
  for (const [length, list] of byLength.entries()) {
    const needed = list.filter(
      ([text, replacement]) => length < 2 || applyRules(kept, text, length - 1) !== replacement,
    );
    for (const [text, replacement] of needed) kept.set(text, replacement);
  }
  return kept;
}

/** Replaces the longest prefix that has a rule, again and again; rules with more than `most` characters don't count. */
function applyRules(rules: ReadonlyMap<string, string>, text: string, most: number): string {
  const characters = [...text];
  let result = "";
  for (let at = 0; at < characters.length; ) {
    let length = Math.min(most, characters.length - at);
    while (length > 1 && !rules.has(characters.slice(at, at + length).join(""))) length--;
    const prefix = characters.slice(at, at + length).join("");
    result += rules.get(prefix) ?? prefix;
    at += length;
  }
  return result;
}
