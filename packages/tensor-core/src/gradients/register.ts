import * as tf from "@tensorflow/tfjs-core";
import { arithmeticGradients } from "./arithmetic.js";
import { elementwiseGradients } from "./elementwise.js";
import { indexingGradients } from "./indexing.js";
import { reductionGradients } from "./reductions.js";
import { shapeGradients } from "./shapes.js";

/**
 * Teaches tfjs the gradients of the operations that transformers are made of. Doing it twice changes nothing.
 *
 * tfjs-core registers none by itself in Node: its `register_all_gradients` can't be imported there (its files name each
 * other without extensions), and bundlers may drop it. Some of its gradients are wrong or missing as well (`matMul`
 * with broadcast batches, comparisons). A gradient that is registered already is left as it is.
 */
export function registerGradients(): void {
  if (isRegistered) return;
  isRegistered = true;
  const tables = [arithmeticGradients, elementwiseGradients, indexingGradients, reductionGradients, shapeGradients];
  for (const [kernelName, config] of tables.flatMap((table) => Object.entries(table))) {
    if (tf.getGradient(kernelName) === undefined) tf.registerGradient({ kernelName, ...config });
  }
}

let isRegistered = false;
