import { existsSync, realpathSync } from "node:fs";
import { findBlas, usualPlaces } from "../blas.js";
import { Heap } from "../heap.js";

/** The native libraries of matrix products that are here, each once. */
export const LIBRARIES: string[] = [
  ...new Set(
    usualPlaces(process)
      .filter(existsSync)
      .map((file) => realpathSync(file)),
  ),
].filter((library) => findBlas(library, new Heap(true), 1).blas !== undefined);
