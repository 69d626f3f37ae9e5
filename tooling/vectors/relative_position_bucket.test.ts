import { type BucketOptions, relativePositionBias, relativePositionBucket } from "@t5ts/layers";
import { CPU_BACKEND, selectBackend } from "@t5ts/tensor-core";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect } from "vitest";
import { runVectors, type VectorCase } from "./run-vectors.js";

beforeAll(() => selectBackend("cpu", [CPU_BACKEND]));

runVectors("relative_position_bucket.json", {
  relative_position_bucket: (c) => {
    const actual = (c.relative_positions as number[]).map((position) => relativePositionBucket(position, options(c)));
    expect(actual).toEqual(c.buckets);
  },
  relative_position_bucket_table: (c) => {
    const start = c.query_offset ?? 0;
    const [queryLength, keyLength] = [c.query_length as number, c.key_length as number];
    // Queries are the last of all positions here, so a table of all of them has the rows that the case asks for.
    const all = Math.max(keyLength, start + queryLength);
    expect(
      table(c, all, all)
        .slice(start, start + queryLength)
        .map((row) => row.slice(0, keyLength)),
    ).toEqual(c.buckets);
    if (start + queryLength === keyLength) expect(table(c, queryLength, keyLength)).toEqual(c.buckets);
  },
});

function options(c: VectorCase): BucketOptions {
  return { isBidirectional: c.bidirectional, numBuckets: c.num_buckets, maxDistance: c.max_distance };
}

/** The bias of a head whose bias for each bucket is the bucket's number. */
function table(c: VectorCase, queryLength: number, keyLength: number): number[][] {
  const weight = tf.reshape(tf.range(0, c.num_buckets), [c.num_buckets, 1]) as tf.Tensor2D;
  const bias = relativePositionBias({ weight }, { queryLength, keyLength, ...options(c) });
  return tf.reshape(bias, [queryLength, keyLength]).arraySync() as number[][];
}
