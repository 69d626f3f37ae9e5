import type * as tf from "@tensorflow/tfjs-core";

/** What a dimension has to be: a number, or the name of one that may be anything but has to agree with its namesakes. */
export type Dimension = number | string;

/**
 * Throws unless `tensor` has the shape `expected`, in which `"..."` in front stands for any leading axes.
 *
 * @param what Where the tensor came from, such as "attend: x".
 * @returns The sizes of the named dimensions.
 * @throws Error such as `attend: x: expected [batch, queryLength, 512], got [2, 768]`.
 */
export function checkShape(
  what: string,
  tensor: tf.Tensor,
  expected: readonly Dimension[],
  known: Record<string, number> = {},
): Record<string, number> {
  const open = expected[0] === "...";
  const trailing = open ? expected.slice(1) : expected;
  const shape = open ? tensor.shape.slice(Math.max(0, tensor.rank - trailing.length)) : tensor.shape;
  const sizes = { ...known };
  const fits =
    shape.length === trailing.length &&
    trailing.every((dimension, axis) => {
      const size = shape[axis] as number;
      if (typeof dimension === "number") return dimension === size;
      sizes[dimension] ??= size;
      return sizes[dimension] === size;
    });
  if (fits) return sizes;
  const wanted = expected.map((d) => (typeof d === "string" && known[d] !== undefined ? `${d}=${known[d]}` : `${d}`));
  throw new Error(`${what}: expected [${wanted.join(", ")}], got [${tensor.shape.join(", ")}]`);
}
