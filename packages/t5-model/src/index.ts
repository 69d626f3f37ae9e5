// Configuration
export type { ClassifierConfig, PositionsConfig, T5Config } from "./config.js";
export { closestName, suggest } from "./checkpoint/closest-name.js";
export {
  formatT5Config,
  hasHuggingFaceNames,
  parseT5Config,
  type UnknownField,
  unknownConfigFields,
} from "./checkpoint/parse-config.js";
export { configOfFile } from "./checkpoint/tables.js";
export {
  DESCRIBED,
  DESCRIBED_TINY,
  T5_1_1_BASE,
  T5_1_1_LARGE,
  T5_1_1_SMALL,
  T5_1_1_XL,
  T5_1_1_XXL,
  T5_3B,
  T5_11B,
  T5_BASE,
  T5_LARGE,
  T5_SMALL,
  T5_TINY,
} from "./presets.js";

// The model
export { type DecoderBlockParams, initT5, type StackParams, type T5Model, type T5Params } from "./params.js";
export { type Encoded, encode, type T5Inputs } from "./encoder.js";
export { type DecoderState, decode, decodeHidden, startDecoding, toLogits } from "./decoder.js";
export { classify, forward, type T5Batch, targetCosts } from "./model.js";
export type { AttentionPlace, PassOptions, TrainingPassOptions } from "./pass.js";
export { addClassifier, addTaskLayer } from "./task-layers.js";

// Generation
export type { BeamDialect, GenerateOptions, StreamOptions } from "./generation/generation-options.js";
export { type GeneratedIds, generate } from "./generation/generate.js";
export { ScoreError } from "./generation/score-error.js";
export { streamTokens } from "./generation/stream-tokens.js";
export {
  type BeamOptions,
  type BeamSearch,
  type BeamStep,
  type Hypothesis,
  type ScoreRow,
  sortBestFirst,
} from "./generation/beam-search.js";
export { HuggingFaceBeamSearch } from "./generation/huggingface-beam-search.js";
export { T5xBeamSearch, t5xLengthPenalty } from "./generation/t5x-beam-search.js";
export { HuggingFace5BeamSearch } from "./generation/huggingface5-beam-search.js";
export { allowTokens } from "./generation/allow-tokens.js";
export {
  badWords,
  forceToken,
  type LogitsProcessor,
  minLength,
  noRepeatInputNgram,
  noRepeatNgram,
  repetitionPenalty,
  suppressTokens,
} from "./generation/logits-processors.js";
export { keepTopK, keepTopP, keepTypical, type SamplingOptions, sampleToken } from "./generation/sampling.js";

// Checkpoints
export {
  checkpointItems,
  countParameters,
  disposeT5,
  loadT5,
  unusedTensors,
  type WeightFormat,
} from "./checkpoint/checkpoint.js";
export { listParameters, type Parameter } from "./checkpoint/parameters.js";

// A look inside
export { type AttentionMaps, attentionMaps } from "./attention-maps.js";
export { type Check, type VerifyCase, verifyT5 } from "./verify.js";
