/**
 * The bucket of each pair of a query and a key, queries one after the other: which row of the table of position biases
 * they add to their score. As T5 has it: 32 buckets, the first half exact, the rest logarithmic up to a distance of 128.
 */
export function positionBuckets(queries, keys, isBidirectional) {
  return Int32Array.from({ length: queries * keys }, (_, i) => {
    const distance = (i % keys) - Math.floor(i / keys) - (keys - queries);
    return isBidirectional
      ? (distance > 0 ? 16 : 0) + bucket(Math.abs(distance), 16)
      : bucket(Math.max(-distance, 0), 32);
  });
}

function bucket(distance, count) {
  const exact = count / 2;
  if (distance < exact) return distance;
  return Math.min(count - 1, exact + Math.floor((Math.log(distance / exact) / Math.log(128 / exact)) * exact));
}
