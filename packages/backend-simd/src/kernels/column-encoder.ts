import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { SimdBackend } from "../backend.js";
import { broadcastStrides } from "../layout.js";
import { transposedLinearJobs } from "../multiply.js";
import type { Job } from "../thread-pool.js";
import { rowsOfTile, tileWork } from "./attention.js";
import { EncoderJobs, type EncoderPlaces, type EncoderSizes, type EncoderSpec, type MapTo } from "./encoder-jobs.js";
import { layOut, type Places } from "./places.js";
import { transposeMatrices } from "./transpose.js";

/** What x [batch, length, dModel] is encoded to: all between is [features, batch · length]. */
export function encodeColumns(backend: SimdBackend, x: TensorInfo, spec: EncoderSpec): TensorInfo {
  const { sizes, layers, finalNorm, isGated, epsilon } = spec;
  const encoded = backend.output(x.shape);
  const places = placesOf(backend, sizes, isGated);
  return backend.withMemory(places.bytes, (start) => {
    const at = places.from(start);
    const [tokens, features] = [sizes.batch * sizes.length, sizes.dModel];
    transposeMatrices(backend, backend.address(x), at.x, { count: 1, rows: tokens, columns: features });
    const jobs = new ColumnEncoderJobs(backend, sizes, epsilon, at);
    jobs.addEncoder(layers, finalNorm, at.normed);
    backend.pool.runAll(jobs.jobs);
    transposeMatrices(backend, at.normed, backend.address(encoded), { count: 1, rows: features, columns: tokens });
    return encoded;
  });
}

function placesOf(
  { pool }: SimdBackend,
  { batch, length, dModel, inner, dFf }: EncoderSizes,
  isGated: boolean,
): Places<keyof EncoderPlaces> {
  const columns = batch * length;
  return layOut({
    x: dModel * columns,
    normed: dModel * columns,
    query: inner * columns,
    key: inner * columns,
    value: inner * columns,
    wide: dFf * columns,
    gate: isGated ? dFf * columns : 0,
    scores: pool.threads * rowsOfTile(length, length) * length,
  });
}

/** Columns of a part of a norm: as in assembly/rms-norm.ts. */
const NORM_COLUMNS = 16;

/** Each token is a column. */
class ColumnEncoderJobs extends EncoderJobs {
  protected norm(weight: TensorInfo, to: number): void {
    const { dModel } = this.sizes;
    const args = [this.at.x, this.backend.address(weight), to, dModel, this.tokens, this.epsilon];
    this.add("rmsNormColumns", args, Math.ceil(this.tokens / NORM_COLUMNS), dModel * NORM_COLUMNS);
  }

  protected mapJobs(
    a: number,
    maps: readonly MapTo[],
    sizes: { dIn: number; dOut: number },
    accumulate: boolean,
  ): Job[] {
    return transposedLinearJobs(this.backend, { columns: this.tokens, ...sizes }, a, maps, accumulate);
  }

  protected attend(bias: TensorInfo): void {
    const { batch, length, numHeads, depth } = this.sizes;
    const { query, key, value, scores } = this.at;
    const tileRows = rowsOfTile(length, length);
    const strides = broadcastStrides(bias.shape, [batch, numHeads, length, length]);
    const args = [query, key, value, this.backend.address(bias), query];
    args.push(numHeads, length, depth, this.tokens, ...strides, scores, tileRows);
    const parts = batch * numHeads * Math.ceil(length / tileRows);
    this.add("attentionOfColumns", args, parts, tileWork(tileRows, length, depth));
  }
}
