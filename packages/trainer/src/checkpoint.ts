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
import { type CheckpointStore, checkpointStep } from "./checkpoint-store.js";
import { firstDifference, type Json } from "./json.js";
import { mapNamedLeaves } from "./named-leaves.js";
import { RunConflictError } from "./run-conflict-error.js";
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
    const hasAverage = average !== undefined;
    const json = { version: VERSION, step: state.step, rng: { seed, stream }, hasAverage, position, config };
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
 * Loads the newest checkpoint that proves to be whole, or gives undefined if there's none. Passes over the others.
 *
 * @param like A state of the same run, from which names and shapes are known. Borrowed.
 * @param run What the run at hand is; checked as far as it's given.
 * @param onDamaged Is told of each checkpoint that's passed over, and why.
 * @throws RunConflictError naming the tensor, or the part of the configuration, in which the checkpoint isn't of this run; also if
 *   the newest is of another version.
 */
export async function loadLatestCheckpoint<P extends TensorTree, S extends TensorTree>(
  store: CheckpointStore,
  like: TrainState<P, S>,
  run: Partial<RunState> = {},
  onDamaged: (name: string, reason: string) => void = () => {},
): Promise<LoadedCheckpoint<P, S> | undefined> {
  for (const name of await store.list()) {
    let files: CheckpointFiles;
    try {
      files = await openCheckpoint(store, name);
    } catch (error) {
      onDamaged(name, error instanceof Error ? error.message : String(error));
      continue;
    }
    checkVersion(name, files.state);
    checkRun(name, files.state, run);
    return { name, state: await readState(name, files, like), run: files.state };
  }
  return undefined;
}

type CheckpointFiles = {
  state: RunState & { version: number; step: number; hasAverage?: boolean };
  params: Safetensors;
  optimizer: Safetensors;
  average: Safetensors | undefined;
};

async function openCheckpoint(store: CheckpointStore, name: string): Promise<CheckpointFiles> {
  const open = await store.open(name);
  const state = await readStateJson(await open("state.json"));
  if (state.step !== checkpointStep(name)) {
    throw new Error(`${name}/state.json: step: expected ${checkpointStep(name)}, as in its name, got ${state.step}`);
  }
  const [params, optimizer] = [await open("params.safetensors"), await open("optimizer.safetensors")];
  // Those made before it was written have one if there is the file.
  const wanted = state.hasAverage ?? (await open("average.safetensors").then(Boolean, () => false));
  const average = wanted ? await open("average.safetensors") : undefined;
  return {
    state,
    params: await openSafetensors(params),
    optimizer: await openSafetensors(optimizer),
    average: average && (await openSafetensors(average)),
  };
}

async function readStateJson(source: ByteSource): Promise<CheckpointFiles["state"]> {
  const fail = (field: string, expected: string, value: unknown): never => {
    throw new Error(`${source.name}: ${field}: expected ${expected}, got ${JSON.stringify(value)}`);
  };
  const text = new TextDecoder().decode(await source.read(0, source.sizeBytes));
  const json = JSON.parse(text) as CheckpointFiles["state"] | null;
  if (typeof json !== "object" || json === null) return fail("the whole file", "an object", json);
  const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
  const { step, version, rng } = json;
  if (!isCount(version)) fail("version", "an integer from 0 on", version);
  if (!isCount(step)) fail("step", "an integer from 0 on", step);
  if (!isCount(rng?.seed) || !isCount(rng?.stream)) fail("rng", "a seed and a stream, integers from 0 on", rng);
  return json;
}

/** Another version isn't damage, to be passed over: the run would begin anew, and its checkpoints be replaced. */
function checkVersion(name: string, { version }: CheckpointFiles["state"]): void {
  if (version === VERSION) return;
  const remedy = "go on with the release that made it, or begin the run anew";
  throw new RunConflictError(`checkpoint ${name}: version: expected ${VERSION}, got ${version}; ${remedy}`);
}

function checkRun(name: string, saved: RunState, { rng, config }: Partial<RunState>): void {
  const difference =
    (rng && firstDifference({ seed: rng.seed, stream: rng.stream }, { ...saved.rng }, "rng")) ??
    (config !== undefined ? firstDifference(config, saved.config, "config") : undefined);
  if (difference === undefined) return;
  const [here, there] = [difference.a, difference.b].map((value) => JSON.stringify(value));
  throw new RunConflictError(
    `checkpoint ${name} is of another run: ${difference.path}: expected ${here}, got ${there}`,
  );
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
      if (average === undefined) throw new RunConflictError(`checkpoint ${name} has no average, which this run keeps`);
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
  if (complaints.length > 0) throw new RunConflictError(`${what}: ${complaints.join("; ")}`);
}

function abridge(names: readonly string[]): string {
  const rest = names.length - 3;
  return names.slice(0, 3).join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}
