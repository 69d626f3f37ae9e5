// Training
export { type SpecialToken, type TrainBpeOptions, type TrainBpeProgress, trainBpe } from "./train-bpe.js";
export { trainBpeInWorkers, type WorkerTrainingOptions } from "./train-in-workers.js";
export { T5_SPECIAL_TOKENS } from "./training-template.js";
