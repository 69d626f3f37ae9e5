import type { Rng } from "@t5ts/random";
import {
  type ByteSource,
  disposeTree,
  namedLeaves,
  openSafetensors,
  readTensor,
  type Safetensors,
  type TensorTree,
  treeItems,
  writeBytes,
  writeSafetensors,
} from "@t5ts/tensor-core";
import type * as tf from "@tensorflow/tfjs-core";
import type { CheckpointStore } from "./checkpoint-store.js";
import { firstDifference, type Json } from "./json.js";
import { mapNamedLeaves } from "./named-leaves.js";
import { stateTensors, type TrainState } from "./train-state.js";

/** What a run is beside its tensors, so that it can go on as if it had never stopped. */
export type RunState = {
  /** Of the run's generator. */
  rng: Pick<Rng, "seed" | "stream">;
  /** Where the data goes on. Absent before the first batch. */
  position?: Json;
  /** What the run was told; it can't go on as another. */
  config?: Json;
};

/** The version of `state.json` that we write, and read. In 1, weights of linear maps were [dIn, dOut]. */
const VERSION = 2;

/** Adds the state of a run to the store: `params`, `optimizer` and `average` as safetensors, the rest as JSON. */
export async function saveCheckpoint<P extends TensorTree, S extends TensorTree>(
  store: CheckpointStore,
  state: TrainState<P, S>,
  { rng, position, config }: RunState,
): Promise<string> {
  const { params, optimizerState, average } = stateTensors(state);
  return store.save(state.step, async (create) => {
    const trees = { params, optimizer: optimizerState, average };
    for (const [name, tree] of Object.entries(trees)) {
      if (tree !== undefined) await writeSafetensors(await create(`${name}.safetensors`), treeItems(tree));
    }
    const { seed, stream } = rng;
    const json = { version: VERSION, step: state.step, rng: { seed, stream }, position, config };
    await writeBytes(await create("state.json"), new TextEncoder().encode(`${JSON.stringify(json, null, 2)}\n`));
  });
}

/** A checkpoint, read. The tensors are the caller's. */
export type LoadedCheckpoint<P extends TensorTree, S extends TensorTree> = {
  name: string;
  state: TrainState<P, S>;
  run: RunState;
};

/**
 * Loads the newest checkpoint that is whole, or gives undefined if there's none.
 *
 * @param like A state of the same run, from which names and shapes are known. Borrowed.
 * @param run What the run at hand is; checked as far as it's given.
 * @param warn Is told of each damaged checkpoint that's passed over.
 * @throws Error naming the tensor, or the part of the configuration, in which the checkpoint isn't of this run; also if
 *   the newest is of another version.
 */
export async function loadLatestCheckpoint<P extends TensorTree, S extends TensorTree>(
  store: CheckpointStore,
  like: TrainState<P, S>,
  run: Partial<RunState> = {},
  warn: (message: string) => void = () => {},
): Promise<LoadedCheckpoint<P, S> | undefined> {
  for (const name of await store.list()) {
    let files: CheckpointFiles;
    try {
      files = await openCheckpoint(store, name);
    } catch (error) {
      warn(`checkpoint ${name} is passed over: ${error instanceof Error ? error.message : String(error)}`);
      continue;
    }
    checkVersion(name, files.state);
    checkRun(name, files.state, run);
    return { name, state: await readState(name, files, like), run: files.state };
  }
  return undefined;
}

type CheckpointFiles = {
  state: RunState & { version: number; step: number };
  params: Safetensors;
  optimizer: Safetensors;
  average: Safetensors | undefined;
};

async function openCheckpoint(store: CheckpointStore, name: string): Promise<CheckpointFiles> {
  const open = await store.open(name);
  const state = await readStateJson(await open("state.json"));
  const [params, optimizer] = [await open("params.safetensors"), await open("optimizer.safetensors")];
  const average = await open("average.safetensors").catch(() => undefined);
  return {
    state,
    params: await openSafetensors(params),
    optimizer: await openSafetensors(optimizer),
    average: average && (await openSafetensors(average)),
  };
}

async function readStateJson(source: ByteSource): Promise<CheckpointFiles["state"]> {
  const text = new TextDecoder().decode(await source.read(0, source.sizeBytes));
  const json = JSON.parse(text) as CheckpointFiles["state"];
  if (!Number.isSafeInteger(json.step)) throw new Error(`${source.name}: step: expected an integer, got ${json.step}`);
  return json;
}

/** Another version isn't damage, to be passed over: the run would begin anew, and its checkpoints be replaced. */
function checkVersion(name: string, { version }: CheckpointFiles["state"]): void {
  if (version === VERSION) return;
  const remedy = "go on with the release that made it, or begin the run anew";
  throw new Error(`checkpoint ${name}: version: expected ${VERSION}, got ${version}; ${remedy}`);
}

function checkRun(name: string, saved: RunState, { rng, config }: Partial<RunState>): void {
  const difference =
    (rng && firstDifference({ seed: rng.seed, stream: rng.stream }, { ...saved.rng }, "rng")) ??
    (config !== undefined ? firstDifference(config, saved.config, "config") : undefined);
  if (difference === undefined) return;
  const [here, there] = [difference.a, difference.b].map((value) => JSON.stringify(value));
  throw new Error(`checkpoint ${name} is of another run: ${difference.path}: expected ${here}, got ${there}`);
}

async function readState<P extends TensorTree, S extends TensorTree>(
  name: string,
  { state, params, optimizer, average }: CheckpointFiles,
  like: TrainState<P, S>,
): Promise<TrainState<P, S>> {
  const read: TensorTree[] = [];
  try {
    const next = { step: state.step } as TrainState<P, S>;
    read.push((next.params = await readTree(`checkpoint ${name}: params`, params, like.params)));
    read.push((next.optimizerState = await readTree(`checkpoint ${name}: optimizer`, optimizer, like.optimizerState)));
    if (like.average !== undefined) {
      if (average === undefined) throw new Error(`checkpoint ${name} has no average, which this run keeps`);
      next.average = await readTree(`checkpoint ${name}: average`, average, like.average);
    }
    return next;
  } catch (error) {
    disposeTree(read);
    throw error;
  }
}

async function readTree<T extends TensorTree>(what: string, file: Safetensors, like: T): Promise<T> {
  checkFits(what, file, like);
  const tensors = new Map<string, tf.Tensor>();
  try {
    for (const [path] of namedLeaves(like)) tensors.set(path, await readTensor(file, path));
  } catch (error) {
    disposeTree([...tensors.values()]);
    throw error;
  }
  return mapNamedLeaves((path) => tensors.get(path), like);
}

/** Throws unless the file has the tensors of the tree and no others. Names up to three of each kind. */
function checkFits(what: string, { entries }: Safetensors, like: TensorTree): void {
  const wanted = new Map(namedLeaves(like).map(([path, leaf]) => [path, `[${leaf.shape.join(", ")}]`]));
  const found = new Map([...entries].map(([path, { shape }]) => [path, `[${shape.join(", ")}]`]));
  const missing = [...wanted.keys()].filter((path) => !found.has(path));
  const foreign = [...found.keys()].filter((path) => !wanted.has(path));
  const different = [...wanted]
    .filter(([path, shape]) => found.has(path) && found.get(path) !== shape)
    .map(([path, shape]) => `${path} (expected ${shape}, got ${found.get(path)})`);
  const complaints = [
    missing.length > 0 && `lacks ${abridge(missing)}`,
    foreign.length > 0 && `has ${abridge(foreign)}, which the run doesn't know`,
    different.length > 0 && `has another shape for ${abridge(different)}`,
  ].filter(Boolean);
  if (complaints.length > 0) throw new Error(`${what}: ${complaints.join("; ")}`);
}

function abridge(names: readonly string[]): string {
  const rest = names.length - 3;
  return names.slice(0, 3).join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}
