import { disposeTree, tidy } from "@t5ts/tensor-core";
import type * as tf from "@tensorflow/tfjs-core";
import { forward, type T5Batch } from "./model.js";
import type { T5Model } from "./params.js";
import type { AttentionPlace } from "./pass.js";

/** Each kind's weights by layer, [batch, heads, queryLength, keyLength]; kinds that the model lacks are empty. */
export type AttentionMaps = Record<AttentionPlace["kind"], tf.Tensor4D[]>;

/** The attention weights of every layer and head in one teacher-forced pass. The caller's to dispose. */
export function attentionMaps(model: T5Model, batch: T5Batch, task?: string): AttentionMaps {
  const maps: AttentionMaps = { encoder: [], task: [], decoder: [], cross: [], merged: [] };
  try {
    const watch = ({ kind, layer }: AttentionPlace, weights: tf.Tensor4D): void => {
      maps[kind][layer] = weights;
    };
    tidy(() => forward(model, batch, { task, watch })).dispose();
    return maps;
  } catch (error) {
    disposeTree(maps);
    throw error;
  }
}
