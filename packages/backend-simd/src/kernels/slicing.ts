import { backend_util, slice_util, type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { SimdBackend } from "../backend.js";
import { denseStrides } from "../layout.js";
import { fillWords } from "./fill.js";
import { elementBytes, type KernelTable } from "./kernel.js";
import { copyStrided } from "./strided-copy.js";

/** What cuts tensors up and puts them together: blocks of memory are copied. */
export const slicingKernels: KernelTable = {
  Slice: ({ inputs, attrs, backend }) => {
    const { x } = inputs as { x: TensorInfo };
    if (elementBytes(x.dtype) === undefined) return undefined;
    const [begin, size] = slice_util.parseSliceParams(
      x as Parameters<typeof slice_util.parseSliceParams>[0],
      attrs.begin as number | number[],
      attrs.size as number | number[],
    ) as [number[], number[]];
    slice_util.assertParamsValid(x as Parameters<typeof slice_util.assertParamsValid>[0], begin, size);
    return slice(backend, x, begin, size);
  },
  SplitV: ({ inputs, attrs, backend }) => {
    const { x } = inputs as { x: TensorInfo };
    if (elementBytes(x.dtype) === undefined) return undefined;
    const axis = util.parseAxisParam(attrs.axis as number, x.shape)[0] as number;
    const sizes = backend_util.prepareSplitSize(
      x as Parameters<typeof backend_util.prepareSplitSize>[0],
      attrs.numOrSizeSplits as number | number[],
      axis,
    );
    let at = 0;
    return sizes.map((size) => {
      const part = slice(
        backend,
        x,
        replaced(
          x.shape.map(() => 0),
          axis,
          at,
        ),
        replaced(x.shape, axis, size),
      );
      at += size;
      return part;
    });
  },
  Unpack: ({ inputs, attrs, backend }) => {
    const { value } = inputs as { value: TensorInfo };
    if (elementBytes(value.dtype) === undefined) return undefined;
    const axis = util.parseAxisParam(attrs.axis as number, value.shape)[0] as number;
    const shape = value.shape.filter((_, i) => i !== axis);
    return Array.from({ length: value.shape[axis] as number }, (_, i) => {
      const begin = replaced(
        value.shape.map(() => 0),
        axis,
        i,
      );
      return { ...slice(backend, value, begin, replaced(value.shape, axis, 1)), shape };
    });
  },
  Concat: ({ inputs, attrs, backend }) => {
    const tensors = Object.values(inputs);
    const axis = util.parseAxisParam(attrs.axis as number, (tensors[0] as TensorInfo).shape)[0] as number;
    const shapes = tensors.map(({ shape }) => shape);
    backend_util.assertParamsConsistent(shapes, axis);
    return concat(backend, tensors, axis, backend_util.computeOutShape(shapes, axis));
  },
  Pack: ({ inputs, attrs, backend }) => {
    const tensors = Object.values(inputs);
    const [first] = tensors as [TensorInfo];
    if (tensors.some(({ shape, dtype }) => dtype !== first.dtype || !util.arraysEqual(shape, first.shape))) {
      return undefined; // whose message names the tensors that differ
    }
    const axis = attrs.axis as number;
    const at = axis < 0 ? axis + first.shape.length + 1 : axis;
    const withAxis = (size: number): number[] => [...first.shape.slice(0, at), size, ...first.shape.slice(at)];
    const expanded = tensors.map((tensor) => ({ ...tensor, shape: withAxis(1) }));
    return concat(backend, expanded, at, withAxis(tensors.length));
  },
  PadV2: ({ inputs, attrs, backend }) => {
    const { x } = inputs as { x: TensorInfo };
    if (elementBytes(x.dtype) !== 4) return undefined;
    const { paddings, constantValue } = attrs as { paddings: [number, number][]; constantValue: number };
    const shape = x.shape.map((size, i) => paddings[i]![0] + size + paddings[i]![1]);
    const from = backend.address(x);
    const output = backend.output(shape, x.dtype);
    const to = backend.address(output);
    fillWords(backend, to, util.sizeFromShape(shape), x.dtype, constantValue);
    const [sourceStrides, strides] = [denseStrides(x.shape), denseStrides(shape)];
    const start = paddings.reduce((at, [before], i) => at + before * (strides[i] as number), 0);
    const axes = x.shape.map((size, i) => ({ size, strideA: sourceStrides[i]!, strideB: strides[i]! }));
    copyStrided(backend, 4, from, to + start * 4, axes);
    return output;
  },
  Tile: ({ inputs, attrs, backend }) => {
    const { x } = inputs as { x: TensorInfo };
    const bytes = elementBytes(x.dtype);
    const reps = attrs.reps as number[];
    if (bytes === undefined || reps.length !== x.shape.length) return undefined;
    const shape = x.shape.map((size, i) => size * (reps[i] as number));
    const from = backend.address(x);
    const output = backend.output(shape, x.dtype);
    const [sourceStrides, strides] = [denseStrides(x.shape), denseStrides(shape)];
    // Each axis becomes two: the repetitions, along which the source stands still, and the axis itself.
    const axes = x.shape.flatMap((size, i) => [
      { size: reps[i]!, strideA: 0, strideB: strides[i]! * size },
      { size, strideA: sourceStrides[i]!, strideB: strides[i]! },
    ]);
    copyStrided(backend, bytes, from, backend.address(output), axes);
    return output;
  },
  Reverse: ({ inputs, attrs, backend }) => {
    const { x } = inputs as { x: TensorInfo };
    const bytes = elementBytes(x.dtype);
    if (bytes === undefined) return undefined;
    const axes = util.parseAxisParam(attrs.dims as number | number[], x.shape);
    const strides = denseStrides(x.shape);
    const from = backend.address(x);
    const output = backend.output(x.shape, x.dtype);
    const start = axes.reduce((at, i) => at + Math.max(0, x.shape[i]! - 1) * strides[i]!, 0);
    const walked = x.shape.map((size, i) => ({
      size,
      strideA: axes.includes(i) ? -strides[i]! : strides[i]!,
      strideB: strides[i]!,
    }));
    copyStrided(backend, bytes, from + start * bytes, backend.address(output), walked);
    return output;
  },
};

function slice(backend: SimdBackend, x: TensorInfo, begin: number[], size: number[]): TensorInfo {
  const bytes = elementBytes(x.dtype) as 1 | 4;
  const from = backend.address(x);
  const output = backend.output(size, x.dtype);
  const [strides, targetStrides] = [denseStrides(x.shape), denseStrides(size)];
  const start = begin.reduce((at, index, i) => at + index * (strides[i] as number), 0);
  const axes = size.map((length, i) => ({ size: length, strideA: strides[i]!, strideB: targetStrides[i]! }));
  copyStrided(backend, bytes, from + start * bytes, backend.address(output), axes);
  return output;
}

function concat(
  backend: SimdBackend,
  tensors: readonly TensorInfo[],
  axis: number,
  shape: number[],
): TensorInfo | undefined {
  const { dtype } = tensors[0] as TensorInfo;
  const bytes = elementBytes(dtype);
  if (bytes === undefined || tensors.some((tensor) => tensor.dtype !== dtype)) return undefined;
  const from = tensors.map((tensor) => backend.address(tensor));
  const output = backend.output(shape, dtype);
  const strides = denseStrides(shape);
  let to = backend.address(output);
  for (const [i, tensor] of tensors.entries()) {
    const sourceStrides = denseStrides(tensor.shape);
    const axes = tensor.shape.map((size, j) => ({ size, strideA: sourceStrides[j]!, strideB: strides[j]! }));
    copyStrided(backend, bytes, from[i]!, to, axes);
    to += tensor.shape[axis]! * strides[axis]! * bytes;
  }
  return output;
}

function replaced(list: readonly number[], at: number, value: number): number[] {
  return list.map((old, i) => (i === at ? value : old));
}
