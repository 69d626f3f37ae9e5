/** Memory of a few parts: how much it is, and where each begins once there is some. */
export type Places<Name extends string> = { bytes: number; from: (start: number) => Record<Name, number> };

/** Lays out parts of so many floats one after the other, each on a cache line of its own. */
export function layOut<Name extends string>(counts: Record<Name, number>): Places<Name> {
  let bytes = 0;
  const offsets = {} as Record<Name, number>;
  for (const name in counts) {
    offsets[name] = bytes;
    bytes += Math.ceil((counts[name] * 4) / 64) * 64;
  }
  const from = (start: number): Record<Name, number> => {
    const addresses = { ...offsets };
    for (const name in addresses) addresses[name] += start;
    return addresses;
  };
  return { bytes, from };
}
