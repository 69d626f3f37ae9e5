import * as tf from "@tensorflow/tfjs-core";

/**
 * The rows of `table` [vocabSize, d] named by `ids` [...]: [..., d]. The gradient adds up the rows of equal ids.
 *
 * @param ids int32, each from 0 to vocabSize - 1: checked where ids enter (`checkIds`), since a kernel can't afford to.
 */
export function embeddingLookup(table: tf.Tensor2D, ids: tf.Tensor): tf.Tensor {
  if (ids.rank === 1) return tf.gather(table, ids as tf.Tensor1D);
  const flat = tf.reshape(ids, [ids.size]) as tf.Tensor1D;
  return tf.reshape(tf.gather(table, flat), [...ids.shape, table.shape[1]]);
}

/**
 * Throws unless every id is from 0 to `vocabSize` - 1.
 *
 * @throws RangeError such as `encode: inputIds: id 32128 at [0, 3] is outside the vocabulary of 32128`.
 */
export function checkIds(what: string, ids: readonly ArrayLike<number>[], vocabSize: number): void {
  for (const [row, list] of ids.entries()) {
    for (let column = 0; column < list.length; column++) {
      const id = list[column] as number;
      if (!Number.isInteger(id) || id < 0 || id >= vocabSize) {
        throw new RangeError(`${what}: id ${id} at [${row}, ${column}] is outside the vocabulary of ${vocabSize}`);
      }
    }
  }
}
