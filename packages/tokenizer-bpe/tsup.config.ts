import { library } from "@t5ts/build";

const entry = { index: "src/index.ts", train: "src/train.ts", "train-worker": "src/train-worker.ts" };

// A page loads this: minified it is a third smaller, gzipped.
const small = { minify: true, treeshake: false };

// Batches by themselves: a chunk shared with them would make the others larger.
export default [
  { ...library(entry), ...small },
  { ...library({ batch: "src/batch.ts" }), ...small, clean: false },
];
