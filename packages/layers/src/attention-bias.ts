import * as tf from "@tensorflow/tfjs-core";

/** Finite, so that a row that is masked throughout gives a uniform softmax and not NaN. */
export const MASKED = -1e9;

/** 0 where `mask` [batch, keyLength] is 1, MASKED where it is 0: [batch, 1, 1, keyLength]. */
export function paddingBias(mask: tf.Tensor2D): tf.Tensor4D {
  const [batch, keyLength] = mask.shape;
  const bias = tf.mul(tf.sub(1, tf.cast(mask, "float32")), MASKED);
  return tf.reshape(bias, [batch, 1, 1, keyLength]);
}

/**
 * Hides the future: MASKED where a key comes after the query. [1, 1, queryLength, keyLength], the queries being the
 * last `queryLength` of `keyLength` positions.
 */
export function causalBias(queryLength: number, keyLength: number): tf.Tensor4D {
  const start = keyLength - queryLength;
  const values = new Float32Array(queryLength * keyLength);
  for (let query = 0; query < queryLength; query++) {
    values.fill(MASKED, query * keyLength + start + query + 1, (query + 1) * keyLength);
  }
  return tf.tensor4d(values, [1, 1, queryLength, keyLength]);
}

/**
 * Hides the future, except that positions of the prefix see each other: [batch, 1, length, length].
 *
 * What a decoder alone needs to read an input that stands before its target: a prefix language model.
 *
 * @param isPrefix [batch, length], 1 for positions of the prefix.
 */
export function prefixBias(isPrefix: tf.Tensor2D): tf.Tensor4D {
  const [batch, length] = isPrefix.shape;
  const prefix = tf.cast(isPrefix, "float32");
  const areBoth = tf.mul(tf.reshape(prefix, [batch, 1, length, 1]), tf.reshape(prefix, [batch, 1, 1, length]));
  return tf.mul(causalBias(length, length), tf.sub(1, areBoth)) as tf.Tensor4D;
}

/** MASKED between positions of different segments, as in rows into which several examples are packed. */
export function segmentBias(querySegments: tf.Tensor2D, keySegments: tf.Tensor2D): tf.Tensor4D {
  const [batch, queryLength] = querySegments.shape;
  const keyLength = keySegments.shape[1];
  const differ = tf.notEqual(
    tf.reshape(querySegments, [batch, 1, queryLength, 1]),
    tf.reshape(keySegments, [batch, 1, 1, keyLength]),
  );
  return tf.mul(tf.cast(differ, "float32"), MASKED) as tf.Tensor4D;
}

/**
 * The sum of biases, undefined ones left out.
 *
 * @throws Error if there is none.
 */
export function combineBiases(...biases: (tf.Tensor | undefined)[]): tf.Tensor {
  const present = biases.filter((bias) => bias !== undefined);
  if (present.length === 0) throw new Error("combineBiases: expected at least one bias, got none");
  return present.reduce((sum, bias) => tf.add(sum, bias));
}
