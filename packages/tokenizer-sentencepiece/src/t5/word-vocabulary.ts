/** A vocabulary of whole words, such as class names: the first has id 1, and what isn't in it the id after the last. */
export class WordVocabulary {
  readonly vocabSize: number;
  readonly unknown: number;
  readonly #words: readonly string[];
  readonly #ids: ReadonlyMap<string, number>;
  readonly #splitsAtSpaces: boolean;

  /** @param options.splitOnSpace Whether a text is words with spaces between them, or all of it is one. */
  constructor(words: Iterable<string>, { splitOnSpace = false }: { readonly splitOnSpace?: boolean } = {}) {
    this.#words = [...words];
    this.#ids = new Map(this.#words.map((word, i) => [word, i + 1]));
    this.#splitsAtSpaces = splitOnSpace;
    this.unknown = this.#words.length + 1;
    this.vocabSize = this.unknown + 1;
  }

  encode(text: string): number[] {
    const words = this.#splitsAtSpaces ? text.split(" ") : [text];
    return words.map((word) => this.#ids.get(word) ?? this.unknown);
  }

  /** The words with a space between them; `UNK` for an id that has none. */
  decode(ids: Iterable<number>): string {
    return Array.from(ids, (id) => this.#words[id - 1] ?? "UNK").join(" ");
  }
}
