import { type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { SimdBackend } from "../backend.js";
import { broadcastStrides } from "../layout.js";
import { linearJobs, packedFloats } from "../multiply.js";
import type { Job } from "../thread-pool.js";
import { NO_DROPOUT, rowsOfTile, tileWork } from "./attention.js";
import { EncoderJobs, type EncoderPlaces, type EncoderSizes, type EncoderSpec, type MapTo } from "./encoder-jobs.js";
import { layOut, type Places } from "./places.js";

/** What x [batch, length, dModel] is encoded to: x itself is changed from block to block where the result will lie. */
export function encodeRows(backend: SimdBackend, x: TensorInfo, spec: EncoderSpec): TensorInfo {
  const { sizes, layers, finalNorm, isGated, epsilon } = spec;
  const encoded = backend.output(x.shape);
  const places = placesOf(backend, sizes, isGated);
  return backend.withMemory(places.bytes, (start) => {
    const [from, to] = [backend.address(x), backend.address(encoded)];
    backend.heap.float32.copyWithin(to / 4, from / 4, from / 4 + util.sizeFromShape(x.shape));
    const jobs = new RowEncoderJobs(backend, sizes, epsilon, { ...places.from(start), x: to });
    jobs.addEncoder(layers, finalNorm, to);
    backend.pool.runAll(jobs.jobs);
    return encoded;
  });
}

type PlaceName = Exclude<keyof EncoderPlaces, "x"> | "logSumExp" | "places" | "counts" | "packed";

/** The most rows of which a product's weight isn't packed. */
const FEW_ROWS = 8;
/** Columns of a part of a product without zeros, and steps of its blocks: as in assembly/gemm-sparse.ts. */
const COMPRESSED_COLUMNS = 32;
const COMPRESSED_STEPS = 256;

/** Whether what ReLU leaves is multiplied without its zeros: BLAS takes less time with them. */
function skipsZeros({ blas }: SimdBackend, { batch, length, dFf }: EncoderSizes): boolean {
  return blas === undefined && batch * length > FEW_ROWS && dFf % 2 === 0;
}

function placesOf(backend: SimdBackend, sizes: EncoderSizes, isGated: boolean): Places<PlaceName> {
  const { batch, length, dModel, inner, dFf, numHeads } = sizes;
  const rows = batch * length;
  const withoutZeros = !isGated && skipsZeros(backend, sizes);
  const mostPacked = Math.max(dModel, inner, withoutZeros ? 0 : dFf);
  return layOut({
    normed: rows * dModel,
    query: rows * inner,
    key: rows * inner,
    value: rows * inner,
    logSumExp: rows * numHeads,
    wide: rows * dFf,
    gate: isGated ? rows * dFf : 0,
    places: withoutZeros ? (rows * dFf) / 2 : 0,
    counts: withoutZeros ? rows * Math.ceil(dFf / COMPRESSED_STEPS) : 0,
    packed: backend.blas === undefined ? packedFloats(rows, mostPacked) : 0,
    scores: backend.pool.threads * rowsOfTile(length, length) * length,
  });
}

/** Each token is a row. */
class RowEncoderJobs extends EncoderJobs<EncoderPlaces & Record<PlaceName, number>> {
  protected norm(weight: TensorInfo, to: number): void {
    const { dModel } = this.sizes;
    this.add("rmsNorm", [this.at.x, this.backend.address(weight), to, dModel, this.epsilon], this.tokens, dModel);
  }

  protected mapJobs(
    a: number,
    maps: readonly MapTo[],
    sizes: { dIn: number; dOut: number },
    accumulate: boolean,
  ): Job[] {
    return linearJobs(this.backend, { rows: this.tokens, ...sizes }, a, maps, this.at.packed, accumulate);
  }

  protected override addDownOfRelu(down: TensorInfo): void {
    if (!skipsZeros(this.backend, this.sizes)) {
      super.addDownOfRelu(down);
      return;
    }
    const { x, wide, places, counts } = this.at;
    const { dModel, dFf } = this.sizes;
    this.add("compressPositive", [wide, dFf, places, counts], this.tokens, dFf);
    const args = [this.tokens, dModel, dFf, wide, places, counts, this.backend.address(down), x];
    this.add("compressedProduct", args, Math.ceil(dModel / COMPRESSED_COLUMNS), this.tokens * dFf);
  }

  protected attend(bias: TensorInfo): void {
    const { batch, length, numHeads, depth } = this.sizes;
    const { query, key, value, logSumExp, scores } = this.at;
    const tileRows = rowsOfTile(length, length);
    const strides = broadcastStrides(bias.shape, [batch, numHeads, length, length]);
    const args = [query, key, value, this.backend.address(bias), query, logSumExp, 1];
    args.push(numHeads, length, length, depth, ...strides, ...NO_DROPOUT, scores, tileRows);
    const parts = batch * numHeads * Math.ceil(length / tileRows);
    this.add("attention", args, parts, tileWork(tileRows, length, depth));
  }
}
