/**
 * Random numbers as a function of a place: (seed, stream, position) → 32 bits.
 *
 * Nothing is drawn in order, so a kernel can compute number 1,000,000 without the ones before it, dropout needs no
 * stored mask, and what a run has used up is three integers in its checkpoint.
 *
 * The hash is two rounds of a 32-bit integer mixer, each keyed: only exact 32-bit multiplication, addition and shifts,
 * so JavaScript, WebAssembly and WGSL agree to the bit.
 */
export class Rng {
  readonly seed: number;
  readonly stream: number;
  /** How many numbers were drawn; a generator made with the same three values goes on from here. */
  position: number;
  readonly #keys: RngKeys;

  constructor(seed: number, stream = 0, position = 0) {
    checkUint32("Rng: seed", seed);
    checkUint32("Rng: stream", stream);
    checkUint32("Rng: position", position);
    this.seed = seed;
    this.stream = stream;
    this.position = position;
    this.#keys = rngKeys(seed, stream);
  }

  /** What a kernel needs to compute the numbers of this stream: number i is `randomUint32(keys, i)`. */
  get keys(): RngKeys {
    return this.#keys;
  }

  /** An integer from 0 to 2^32 - 1. */
  uint32(): number {
    return randomUint32(this.#keys, this.position++);
  }

  /** A number in [0, 1), in steps of 2^-32. */
  uniform(): number {
    return this.uint32() / 2 ** 32;
  }

  /** An integer from 0 to `bound` - 1, each equally likely. */
  integer(bound: number): number {
    if (!Number.isInteger(bound) || bound < 1 || bound > 2 ** 32) {
      throw new RangeError(`Rng.integer: bound: expected an integer from 1 to 2^32, got ${bound}`);
    }
    // The lowest 2^32 mod bound values are refused: what is left divides evenly.
    const refused = 2 ** 32 % bound;
    let value = this.uint32();
    while (value < refused) value = this.uint32();
    return value % bound;
  }

  /** A number from the normal distribution with mean 0 and standard deviation 1 (Box and Muller). */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    return radius * Math.cos(2 * Math.PI * this.uniform());
  }

  /** Puts `items` in a random order, in place, every order equally likely (Fisher and Yates), and returns them. */
  shuffle<T>(items: T[]): T[] {
    for (let last = items.length - 1; last > 0; last--) {
      const other = this.integer(last + 1);
      [items[last], items[other]] = [items[other] as T, items[last] as T];
    }
    return items;
  }

  /**
   * Another stream of the same seed, named by `label`: a step's number, an example's, a layer's.
   *
   * Doesn't draw from this one: forks with the same label are the same stream.
   */
  fork(label: number | string): Rng {
    const number = typeof label === "number" ? label : hashText(label);
    checkUint32("Rng.fork: label", number);
    return new Rng(this.seed, mix(mix(this.stream ^ 0x9e3779b9) + number));
  }

  /** The next of this generator's children: draws the label of a fork. Where two draws must never be the same. */
  split(): Rng {
    return this.fork(this.uint32());
  }
}

/** The seed of a generator: any integer from 0 to 2^32 - 1. */
export function createRng(seed: number): Rng {
  return new Rng(seed);
}

/** Two 32-bit words made of seed and stream. */
export type RngKeys = readonly [number, number];

/** The keys of a stream. */
export function rngKeys(seed: number, stream: number): RngKeys {
  const first = mix(mix(seed ^ 0x85ebca6b) ^ stream);
  return [first, mix(first + 0x9e3779b9)];
}

/** Number `position` of the stream with these keys, from 0 to 2^32 - 1. */
export function randomUint32([first, second]: RngKeys, position: number): number {
  return mix(mix(position ^ first) + second);
}

/** A permutation of the 32-bit integers in which every input bit changes every output bit about half of the time. */
function mix(x: number): number {
  // Constants of the lowest-bias two-round multiply-xorshift permutation known (C. Wellons, "hash-prospector").
  x = Math.imul(x ^ (x >>> 16), 0x21f0aaad);
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97);
  return (x ^ (x >>> 15)) >>> 0;
}

/** FNV-1a over UTF-16 code units. */
function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

function checkUint32(what: string, value: number): void {
  if (!Number.isInteger(value) || value < 0 || value >= 2 ** 32) {
    throw new RangeError(`${what}: expected an integer from 0 to 2^32 - 1, got ${value}`);
  }
}
