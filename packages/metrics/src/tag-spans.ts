/** A stretch of tokens of one type, from `start` up to but not including `end`. */
export type TagSpan = { type: string; start: number; end: number };

/** What the first letters of tags mean: which begin a span, are inside one, end one, or are one alone. */
export type TagScheme = { begin: string; inside: string; end?: string; single?: string };

/** Begins and insides alone: IOB1 and IOB2. */
const IOB: TagScheme = { begin: "B", inside: "I" };

/** Schemes that mark the ends of spans as well. */
const WITH_ENDS: readonly TagScheme[] = [
  { begin: "B", inside: "I", end: "E", single: "S" }, // IOBES, BIOES
  { begin: "B", inside: "I", end: "L", single: "U" }, // BILOU
  { begin: "B", inside: "M", end: "E", single: "S" }, // BMES
  { begin: "B", inside: "M", end: "E", single: "W" }, // BMEWO
];

/**
 * Finds the spans in a sequence of tags, in order.
 *
 *     B-PER I-PER O B-LOC → PER 0 to 2, LOC 3 to 4
 *     B-PER E-PER O S-LOC → the same
 *
 * IOB1 and IOB2 are read leniently: an I tag that continues no span of its type opens one. In schemes that mark ends
 * (IOBES, BILOU, BMES, BMEWO) a span is one only from its beginning to its end. Types may be absent: `B I O`.
 *
 * @param scheme That of all sentences of a set, since a single one may not show it. Default that of `tags`.
 * @throws RangeError naming the tag that isn't of the scheme, or of any.
 *
 * conlleval (CoNLL-2000) and, for schemes with ends, seqeval's strict mode.
 */
export function tagSpans(tags: readonly string[], scheme: TagScheme = tagSchemeOf([tags])): TagSpan[] {
  const { begin, inside, end, single } = scheme;
  const hasEnds = end !== undefined;
  const spans: TagSpan[] = [];
  let open: TagSpan | undefined;
  for (const [i, tag] of tags.entries()) {
    const parsed = parseTag(tag);
    if (parsed === undefined || !fits(parsed.letter, scheme)) throw unknownTag(`tags[${i}]`, tag, scheme);
    const { letter, type } = parsed;
    const goesOn = open?.type === type && (letter === inside || letter === end);
    if (goesOn) (open as TagSpan).end = i + 1;
    else if (letter === begin || letter === single || (letter === inside && !hasEnds)) {
      open = { type, start: i, end: i + 1 };
      if (letter === single || !hasEnds) spans.push(open);
    } else open = undefined;
    if (goesOn && letter === end) spans.push(open as TagSpan);
    if (letter === single || letter === end) open = undefined;
  }
  return spans;
}

/**
 * Finds the scheme of the tags of some sentences.
 *
 * @throws RangeError naming the tag that is of no known scheme, or those of two.
 */
export function tagSchemeOf(sentences: readonly (readonly string[])[]): TagScheme {
  const seen = new Map<string, string>();
  for (const [i, tags] of sentences.entries()) {
    for (const [j, tag] of tags.entries()) {
      const place = sentences.length === 1 ? `tags[${j}]` : `tags[${i}][${j}]`;
      const letter = parseTag(tag)?.letter;
      if (letter === undefined) throw unknownTag(place, tag);
      if (letter !== OUTSIDE && !seen.has(letter)) seen.set(letter, place);
    }
  }
  const scheme = [IOB, ...WITH_ENDS].find((scheme) => [...seen.keys()].every((letter) => fits(letter, scheme)));
  if (scheme !== undefined) return scheme;
  const found = [...seen].map(([letter, place]) => `${letter} in ${place}`).join(", ");
  throw new RangeError(`tagSpans: expected tags of one scheme (IOB, IOBES, BILOU, BMES, BMEWO), got ${found}`);
}

/** Whether a tag is one of a scheme. */
export function isTagOf(scheme: TagScheme, tag: string): boolean {
  const letter = parseTag(tag)?.letter;
  return letter !== undefined && fits(letter, scheme);
}

const OUTSIDE = "O";

function fits(letter: string, scheme: TagScheme): boolean {
  return letter === OUTSIDE || Object.values(scheme).includes(letter);
}

function unknownTag(place: string, tag: string, scheme?: TagScheme): RangeError {
  const letters = scheme === undefined ? "B, I, E, S, L, U, M or W" : Object.values(scheme).join(" or ");
  return new RangeError(
    `tagSpans: ${place}: expected O, or ${letters}, alone or with a type behind a hyphen, got ${JSON.stringify(tag)}`,
  );
}

function parseTag(tag: string): { letter: string; type: string } | undefined {
  if (tag === OUTSIDE) return { letter: OUTSIDE, type: "" };
  const [, letter, type = ""] = /^([BIESLUMW])(?:-([\s\S]+))?$/u.exec(tag) ?? [];
  return letter === undefined ? undefined : { letter, type };
}
