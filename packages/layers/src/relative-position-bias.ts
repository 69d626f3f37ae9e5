import type { Rng } from "@t5ts/random";
import { embeddingLookup, randomNormal } from "@t5ts/tensor-core";
import * as tf from "@tensorflow/tfjs-core";

/** A bias for each bucket of distances and each head: `weight` is [numBuckets, heads]. */
export type RelativePositionBiasParams = { weight: tf.Tensor2D };

export type BucketOptions = {
  /** Whether a key after the query has buckets of its own (the encoder) or can't be seen anyway (the decoder). */
  isBidirectional: boolean;
  numBuckets: number;
  maxDistance: number;
};

export function initRelativePositionBias(
  rng: Rng,
  { numBuckets, numHeads, dModel }: { numBuckets: number; numHeads: number; dModel: number },
): RelativePositionBiasParams {
  return { weight: randomNormal(rng, [numBuckets, numHeads], dModel ** -0.5) as tf.Tensor2D };
}

/**
 * The bias of each head for each pair of positions: [1, heads, queryLength, keyLength], the queries being the last
 * `queryLength` of `keyLength` positions.
 *
 * Shaw et al. 2018 in the form of Raffel et al. 2020, section 2.1: near distances one by one, far ones in
 * logarithmic buckets.
 */
export function relativePositionBias(
  params: RelativePositionBiasParams,
  { queryLength, keyLength, ...options }: { queryLength: number; keyLength: number } & BucketOptions,
): tf.Tensor4D {
  // From the last query's distance to the first key, to the first query's to the last one: each row is a part of these.
  const ofDistances = Int32Array.from({ length: queryLength + keyLength - 1 }, (_, i) =>
    relativePositionBucket(i - (keyLength - 1), options),
  );
  const buckets = new Int32Array(queryLength * keyLength);
  for (let row = 0; row < queryLength; row++) {
    const first = queryLength - 1 - row;
    buckets.set(ofDistances.subarray(first, first + keyLength), row * keyLength);
  }
  const ofPairs = embeddingLookup(params.weight, tf.tensor1d(buckets, "int32"));
  return tf.reshape(tf.transpose(ofPairs), [1, params.weight.shape[1], queryLength, keyLength]);
}

/**
 * The bucket of a distance.
 *
 * @param relativePosition Position of the key minus position of the query.
 */
export function relativePositionBucket(
  relativePosition: number,
  { isBidirectional, numBuckets, maxDistance }: BucketOptions,
): number {
  const count = isBidirectional ? Math.floor(numBuckets / 2) : numBuckets;
  const offset = isBidirectional && relativePosition > 0 ? count : 0;
  const distance = isBidirectional ? Math.abs(relativePosition) : Math.max(-relativePosition, 0);
  const numExact = Math.floor(count / 2);
  if (distance < numExact) return offset + distance;
  // Not log(distance / numExact) · constant, with the constant computed before: that rounds 64 of 32/128 into 13, not 14.
  const growth = Math.log(distance / numExact) / Math.log(maxDistance / numExact);
  return offset + Math.min(numExact + Math.floor(growth * (count - numExact)), count - 1);
}
