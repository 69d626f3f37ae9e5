/** What is used of koffi, whose types are only there where it is. */
export type Koffi = {
  /** @param path Null for what the process has already. */
  load(path: string | null): Library;
  address(view: ArrayBufferView): bigint;
};
export type Library = { func(signature: string): NativeFunction };
export type NativeFunction = (...args: (number | Uint8Array | null)[]) => number;

/** koffi and the file it's in, or why there is none. */
export type KoffiSearch = { koffi: Koffi; file: string } | { koffi?: undefined; reason: string };

export function findKoffi(): KoffiSearch {
  const node = globalThis.process?.getBuiltinModule?.("node:module");
  if (node === undefined) return { reason: "native libraries need Node" };
  const require = node.createRequire(import.meta.url);
  try {
    return { koffi: require("koffi") as Koffi, file: require.resolve("koffi") };
  } catch (error) {
    return { reason: `the package koffi isn't installed or doesn't load (${firstLine(error)})` };
  }
}

export function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n")[0] as string;
}
