// Training
export { trainBpe } from "./train-bpe.js";
export { trainBpeInWorkers, type WorkerTrainingOptions } from "./train-in-workers.js";
export type { SpecialToken, TrainBpeOptions, TrainBpeProgress } from "./train-options.js";
export { T5_SPECIAL_TOKENS } from "./training-template.js";
