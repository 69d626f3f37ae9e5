import { disposeTree, namedLeaves, readTensor, type Safetensors, type SafetensorsItem } from "@t5ts/tensor-core";
import * as tf from "@tensorflow/tfjs-core";
import type { T5Config } from "../config.js";
import type { T5Model, T5Params } from "../params.js";
import { listParameters, type Parameter } from "./parameters.js";
import { hasHuggingFaceNames } from "./parse-config.js";
import { findIgnoredTable, tableNames } from "./tables.js";

/**
 * Reads the weights of a model from safetensors, one tensor at a time.
 *
 * @param config As the file is: `configOfFile` gives it.
 * @throws Error naming the file and the tensor that is missing, has another shape, or is a table that the configuration
 *   takes for another's though it differs; nothing stays allocated then.
 */
export async function loadT5(config: T5Config, file: Safetensors): Promise<T5Model> {
  checkLayers(config, file);
  const ignored = await findIgnoredTable(config, file);
  if (ignored !== undefined) {
    throw new Error(
      `loadT5: ${file.name}: "${ignored}" differs from the table that the config has in its place; configOfFile reads both`,
    );
  }
  const tensors = new Map<string, tf.Tensor>();
  try {
    for (const parameter of listParameters(config)) {
      tensors.set(parameter.path, await readParameter(file, parameter, config));
    }
    return { config, params: assemble(config, tensors) };
  } catch (error) {
    for (const tensor of tensors.values()) tensor.dispose();
    throw error;
  }
}

/** Refuses a config with more layers than the file can hold, before anything is made of it. */
function checkLayers({ numLayers, numDecoderLayers }: T5Config, { name, entries }: Safetensors): void {
  const layers = numLayers + numDecoderLayers;
  if (layers * LEAST_TENSORS <= entries.size) return;
  throw new Error(
    `loadT5: ${name}: expected at least ${layers * LEAST_TENSORS} tensors for the config's ${numLayers} encoder and ` +
      `${numDecoderLayers} decoder layers, got ${entries.size}`,
  );
}

/** Of a layer: two norms, four of attention, two of feed-forward. */
const LEAST_TENSORS = 8;

/** The tensors of a file that a model with this configuration has no place for. */
export function unusedTensors(config: T5Config, file: Safetensors): string[] {
  const used = new Set(listParameters(config).flatMap((parameter) => namesOf(config, parameter, file)));
  if (config.tieWordEmbeddings) used.add("lm_head.weight");
  return [...file.entries.keys()].filter((name) => !used.has(name));
}

/** How weights are stored. */
export type WeightFormat = {
  /** Default `F32`. */
  dtype?: "F32" | "F16" | "BF16";
  /** Whether weights beyond the largest number of the format become that. Default false: they're an error. */
  clamps?: boolean;
};

/**
 * Lists a model's weights for `writeSafetensors`, by Hugging Face's names.
 *
 * The model has to stay alive until they are written.
 */
export function checkpointItems(
  { config, params }: T5Model,
  { dtype = "F32", clamps = false }: WeightFormat = {},
): SafetensorsItem[] {
  const tensors = new Map(namedLeaves(params));
  const item = ({ path, shape, name }: Parameter): SafetensorsItem => {
    const tensor = tensors.get(path);
    if (tensor === undefined) throw new Error(`checkpointItems: the model lacks "${path}"; its config asks for it`);
    return { name, dtype, shape, values: () => tensor.data(), clamps };
  };
  const parameters = listParameters(config);
  // Beside two tables, an output layer that isn't written would be taken for the encoder's.
  const decoderTable = parameters.filter(({ path }) => path === "decoderEmbedding.weight");
  const isWritten = config.tieWordEmbeddings && hasHuggingFaceNames(config);
  const output = isWritten ? decoderTable.map((table) => ({ ...table, name: "lm_head.weight" })) : [];
  return [...parameters, ...output].map(item);
}

/** The names under which a file may hold a parameter; the first that is there is read. */
function namesOf(config: T5Config, { path, name }: Parameter, file: Safetensors): readonly string[] {
  const tables = hasHuggingFaceNames(config) ? tableNames(config, path, file) : [];
  return tables.length > 0 ? tables : [name];
}

async function readParameter(file: Safetensors, parameter: Parameter, config: T5Config): Promise<tf.Tensor> {
  const { name, shape } = parameter;
  const found = namesOf(config, parameter, file).find((candidate) => file.entries.has(candidate));
  if (found === undefined) {
    const layers = `${config.numLayers} encoder and ${config.numDecoderLayers} decoder layers`;
    throw new Error(`loadT5: ${file.name} lacks "${name}"; the config asks for ${layers}, ${config.feedForwardProj}`);
  }
  const actual = file.entries.get(found)?.shape ?? [];
  if (actual.length !== shape.length || actual.some((size, axis) => size !== shape[axis])) {
    throw new Error(
      `loadT5: ${file.name}: "${found}": expected [${shape.join(", ")}] by the config, got [${actual.join(", ")}]`,
    );
  }
  return readTensor(file, found);
}

/** Puts tensors at their dotted paths. */
function assemble(config: T5Config, tensors: Map<string, tf.Tensor>): T5Params {
  const stack = (): Record<string, unknown> => ({ positionBias: [], blocks: [] });
  const root: Record<string, unknown> = {
    encoder: stack(),
    decoder: stack(),
    taskLayers: Object.fromEntries(Object.keys(config.taskLayers).map((task) => [task, {}])),
    classifiers: {},
  };
  for (const [path, tensor] of tensors) {
    const names = path.split(".");
    const last = names.pop() as string;
    let place = root;
    for (const name of names) place = (place[name] ??= {}) as Record<string, unknown>;
    place[last] = tensor;
  }
  return root as unknown as T5Params;
}

/** Frees a model's tensors. */
export function disposeT5({ params }: T5Model): void {
  disposeTree(params);
}

/** How many numbers a model has learned. */
export function countParameters(config: T5Config): number {
  const { numLayers, numDecoderLayers } = config;
  // Without listing every layer, which a config may have any number of.
  const count = (sizes: { numLayers: number; numDecoderLayers: number }): number =>
    listParameters({ ...config, ...sizes }).reduce((sum, { shape }) => sum + tf.util.sizeFromShape(shape), 0);
  const least = count({ numLayers: 1, numDecoderLayers: 1 });
  const encoderLayer = count({ numLayers: 2, numDecoderLayers: 1 }) - least;
  const decoderLayer = count({ numLayers: 1, numDecoderLayers: 2 }) - least;
  return least + (numLayers - 1) * encoderLayer + (numDecoderLayers - 1) * decoderLayer;
}
