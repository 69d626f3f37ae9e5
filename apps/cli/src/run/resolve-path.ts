import { isAbsolute, resolve } from "node:path";
import { UsageError } from "../usage-error.js";

/** Paths as a RUN.json writes them: relative to its folder, or in the data folder of this machine as `$T5_DATA/…`. */
export function pathResolver(folder: string): (path: string) => string {
  return (path) => {
    if (!path.startsWith("$T5_DATA/")) return isAbsolute(path) ? path : resolve(folder, path);
    const data = process.env.T5_DATA;
    if (data === undefined)
      throw new UsageError(`${path}: expected the variable T5_DATA to name a folder, it isn't set`);
    return resolve(data, path.slice("$T5_DATA/".length));
  };
}
