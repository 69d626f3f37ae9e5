import { library } from "@t5ts/build";

const entry = { index: "src/index.ts", train: "src/train.ts", "train-worker": "src/train-worker.ts" };
const batch = { batch: "src/batch.ts" };

// A page loads this: minified it is a third smaller, gzipped.
const small = { minify: true, treeshake: false };
const main = library(entry);

// Batches by themselves: a chunk shared with them would make the others larger. Declarations are made, and old files
// removed, by the first of the two only.
export default [
  { ...main, ...small, dts: { ...main.dts, entry: { ...entry, ...batch } } },
  { ...library(batch), ...small, clean: false, dts: false },
];
