// Training
export {
  type BatchSource,
  type Positioned,
  type TrainEvent,
  type TrainOptions,
  train,
} from "./train.js";
export { type Loss, type LossValue, type StepMetrics, type TrainStepOptions, trainStep } from "./train-step.js";
export { disposeTrainState, type InitTrainStateOptions, initTrainState, type TrainState } from "./train-state.js";

// Optimizers
export {
  isDecayed,
  type LeafState,
  type Optimizer,
  type ParameterRules,
  type UpdateOptions,
} from "./optimizer.js";
export { type AdamWOptions, type AdamWState, adamW } from "./adamw.js";
export { type AdafactorOptions, type AdafactorState, adafactor } from "./adafactor.js";
export { type SgdOptions, type SgdState, sgd } from "./sgd.js";

// Schedules
export {
  constantSchedule,
  cosineRestartSchedule,
  cosineSchedule,
  type DecayOptions,
  inverseSquareRootSchedule,
  linearSchedule,
  polynomialSchedule,
  relativeStepSchedule,
  type Schedule,
  type WarmupOptions,
  withLinearEnd,
} from "./schedule.js";
export { type MeshScheduleOptions, meshSchedule } from "./mesh-schedule.js";
export { type T5xScheduleOptions, t5xSchedule } from "./t5x-schedule.js";

// Gradients
export { clipScale, groupNorms, moduleOf, sumsOfSquares } from "./gradient-norm.js";

// Checkpoints
export { type LoadedCheckpoint, loadLatestCheckpoint, type RunState, saveCheckpoint } from "./checkpoint.js";
export { type CheckpointStore, memoryStore } from "./checkpoint-store.js";
export { RunConflictError } from "./run-conflict-error.js";
export type { Json } from "./json.js";
