import {
  checkNames,
  itemBytes,
  openSafetensors,
  type Safetensors,
  type SafetensorsItem,
  writeSafetensors,
} from "./safetensors.js";
import { type ByteSink, type ByteSource, writeBytes } from "./safetensors-bytes.js";
import type { SafetensorsEntry } from "./safetensors-header.js";

/** The name of a sharded model's index, as Hugging Face writes it. */
export const SAFETENSORS_INDEX = "model.safetensors.index.json";

/**
 * A model that is spread over several files, as if it were one.
 *
 * @param index The parsed `model.safetensors.index.json`.
 * @param open Gives a file of the same folder by its name.
 * @throws Error if the index isn't one, or a file lacks what the index says that it holds.
 */
export async function openShardedSafetensors(
  index: unknown,
  open: (fileName: string) => Promise<ByteSource>,
): Promise<Safetensors> {
  const weightMap = parseWeightMap(index);
  const shards = new Map<string, Safetensors>();
  for (const file of new Set(weightMap.values())) shards.set(file, await openSafetensors(await open(file)));
  const entries = new Map<string, SafetensorsEntry>();
  for (const [name, file] of weightMap) {
    const entry = shards.get(file)!.entries.get(name);
    if (entry === undefined) throw new Error(`${SAFETENSORS_INDEX}: "${name}": ${file} lacks it`);
    entries.set(name, entry);
  }
  return {
    name: SAFETENSORS_INDEX,
    metadata: Object.assign({}, ...[...shards.values()].map(({ metadata }) => metadata)) as Record<string, string>,
    entries,
    async read(name, part) {
      const file = weightMap.get(name);
      if (file === undefined) throw new Error(`${SAFETENSORS_INDEX}: lacks "${name}"`);
      return shards.get(file)!.read(name, part);
    },
  };
}

export type ShardOptions = {
  /** The tensors of a file take at most this; a larger tensor has a file of its own. Default 5 GB, Hugging Face's. */
  maxShardBytes?: number;
  metadata?: Readonly<Record<string, string>>;
};

/**
 * Writes `model.safetensors`, or where that is too large `model-00001-of-0000N.safetensors` and so on with their index.
 *
 * @param create Makes a file by its name.
 */
export async function writeShardedSafetensors(
  create: (fileName: string) => Promise<ByteSink>,
  items: readonly SafetensorsItem[],
  { maxShardBytes = 5e9, metadata = {} }: ShardOptions = {},
): Promise<void> {
  checkNames(items);
  const shards = planShards(items, maxShardBytes);
  if (shards.length <= 1) return writeSafetensors(await create("model.safetensors"), items, metadata);
  const weightMap: [string, string][] = [];
  for (const [i, shard] of shards.entries()) {
    const file = `model-${fiveDigits(i + 1)}-of-${fiveDigits(shards.length)}.safetensors`;
    await writeSafetensors(await create(file), shard, metadata);
    weightMap.push(...shard.map(({ name }): [string, string] => [name, file]));
  }
  const totalSize = items.reduce((sum, item) => sum + itemBytes(item), 0);
  const index = { metadata: { total_size: totalSize }, weight_map: Object.fromEntries(weightMap) };
  await writeBytes(await create(SAFETENSORS_INDEX), new TextEncoder().encode(`${JSON.stringify(index, null, 2)}\n`));
}

function parseWeightMap(index: unknown): Map<string, string> {
  const map = (index as { weight_map?: unknown } | null)?.weight_map;
  if (typeof map !== "object" || map === null) {
    throw new Error(`${SAFETENSORS_INDEX}: weight_map: expected an object, got ${JSON.stringify(map)}`);
  }
  for (const [name, file] of Object.entries(map)) {
    // A name that leads elsewhere would let a downloaded model read any file.
    if (typeof file !== "string" || !/^[^/\\]+\.safetensors$/.test(file)) {
      throw new Error(
        `${SAFETENSORS_INDEX}: "${name}": expected the name of a safetensors file, got ${JSON.stringify(file)}`,
      );
    }
  }
  return new Map(Object.entries(map as Record<string, string>));
}

function planShards(items: readonly SafetensorsItem[], maxShardBytes: number): SafetensorsItem[][] {
  const shards: SafetensorsItem[][] = [];
  let free = 0;
  for (const item of items) {
    const bytes = itemBytes(item);
    if (shards.length === 0 || bytes > free) {
      shards.push([]);
      free = maxShardBytes;
    }
    shards.at(-1)!.push(item);
    free -= bytes;
  }
  return shards;
}

function fiveDigits(number: number): string {
  return String(number).padStart(5, "0");
}
