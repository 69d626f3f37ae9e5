import * as tf from "@tensorflow/tfjs-core";

/** What a position's signal is multiplied by before it is added to the embedding: `weight` is []. */
export type SinusoidalPositionParams = { weight: tf.Scalar };

/**
 * Where sine and cosine go: `dimensions`, sine on the even and cosine on the odd dimensions of every position, which is
 * usual; `positions`, sine in all dimensions of the even and cosine in those of the odd positions.
 */
export type SinusoidLayout = "dimensions" | "positions";

export function initSinusoidalPositions(): SinusoidalPositionParams {
  return { weight: tf.scalar(1) };
}

/**
 * Adds the signals of positions `start`, `start` + 1, … to `x`, weighted: [batch, length, dModel], any length.
 *
 * Vaswani et al. 2017, section 3.5, with a learned weight.
 */
export function addSinusoidalPositions(
  params: SinusoidalPositionParams,
  x: tf.Tensor,
  { start, layout }: { start: number; layout: SinusoidLayout },
): tf.Tensor {
  const [length, dModel] = x.shape.slice(-2) as [number, number];
  return tf.add(x, tf.mul(params.weight, sinusoids(length, dModel, { start, layout })));
}

/** sin and cos of position / 10000^(2i / dModel): [length, dModel]. */
export function sinusoids(
  length: number,
  dModel: number,
  { start = 0, layout = "dimensions" }: { start?: number; layout?: SinusoidLayout } = {},
): tf.Tensor2D {
  const values = new Float32Array(length * dModel);
  for (let row = 0; row < length; row++) {
    const position = start + row;
    for (let dimension = 0; dimension < dModel; dimension++) {
      // Two neighbours share a frequency where sine and cosine alternate over the dimensions.
      const i = layout === "dimensions" ? Math.floor(dimension / 2) : dimension / 2;
      const angle = position / 10000 ** ((2 * i) / dModel);
      const isSine = (layout === "dimensions" ? dimension : position) % 2 === 0;
      values[row * dModel + dimension] = isSine ? Math.sin(angle) : Math.cos(angle);
    }
  }
  return tf.tensor2d(values, [length, dModel]);
}
