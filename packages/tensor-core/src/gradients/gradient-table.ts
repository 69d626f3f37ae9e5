import type * as tf from "@tensorflow/tfjs-core";

/** The gradient of one kernel; `null` as its function means that the derivative is zero everywhere. */
export type GradientTable = Record<string, Omit<tf.GradConfig, "kernelName">>;
