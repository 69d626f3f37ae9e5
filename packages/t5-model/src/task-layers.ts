import { initLinear, initTaskLayer, type TaskLayerConfig } from "@t5ts/layers";
import type { Rng } from "@t5ts/random";
import { checkPartName } from "./checkpoint/part-name.js";
import type { ClassifierConfig } from "./config.js";
import { blockSize, type T5Model } from "./params.js";

/**
 * The model with a layer for one more task between encoder and decoder. It starts as the identity, so that a trained
 * model answers as before. Shares all other parameters with the one given.
 *
 * @throws Error if the model has a layer for `task`, or if there is a dot in `task`.
 */
export function addTaskLayer({ config, params }: T5Model, task: string, layer: TaskLayerConfig, rng: Rng): T5Model {
  checkPartName("addTaskLayer: task", task);
  if (Object.hasOwn(config.taskLayers, task))
    throw new Error(`addTaskLayer: the model has a layer for "${task}" already`);
  return {
    config: { ...config, taskLayers: { ...config.taskLayers, [task]: layer } },
    params: { ...params, taskLayers: { ...params.taskLayers, [task]: initTaskLayer(rng, layer, blockSize(config)) } },
  };
}

/**
 * The model with one more classifier on its encoder, with random weights.
 *
 * @throws Error if the model has one of that name, or if there is a dot in `name`.
 */
export function addClassifier(model: T5Model, name: string, classifier: ClassifierConfig, rng: Rng): T5Model {
  const { config, params } = model;
  checkPartName("addClassifier: name", name);
  if (Object.hasOwn(config.classifiers, name))
    throw new Error(`addClassifier: the model has a classifier "${name}" already`);
  const weights = initLinear(rng, config.dModel, classifier.numLabels, config.dModel ** -0.5);
  return {
    config: { ...config, classifiers: { ...config.classifiers, [name]: classifier } },
    params: { ...params, classifiers: { ...params.classifiers, [name]: weights } },
  };
}
