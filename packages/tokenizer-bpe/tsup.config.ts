import { library } from "@t5ts/build";

const entry = { index: "src/index.ts", train: "src/train.ts", "train-worker": "src/train-worker.ts" };

// A page loads this: minified it is a third smaller, gzipped.
export default { ...library(entry), minify: true, treeshake: false };
