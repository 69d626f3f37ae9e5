// Words and places
export { type EmbeddingMlp, type EmbeddingParams, embed, initEmbedding, unembed } from "./embedding.js";
export {
  type BucketOptions,
  initRelativePositionBias,
  type RelativePositionBiasParams,
  relativePositionBias,
  relativePositionBucket,
} from "./relative-position-bias.js";
export {
  addSinusoidalPositions,
  initSinusoidalPositions,
  type SinusoidalPositionParams,
  type SinusoidLayout,
  sinusoids,
} from "./sinusoidal-positions.js";

// Attention
export {
  type AttentionOptions,
  type AttentionParams,
  type AttentionSize,
  appendKeyValue,
  attend,
  initAttention,
  type KeyValue,
  projectKeyValue,
} from "./attention.js";
export { causalBias, combineBiases, MASKED, paddingBias, prefixBias, segmentBias } from "./attention-bias.js";
export { type HeadRegions, partsBias, windowsBias } from "./head-regions.js";
export { type HeadMerge, mergedWidth, mergeHeads, splitHeads } from "./heads.js";

// Between them
export { ACTIVATIONS, type Activation, type FeedForwardParams, feedForward, initFeedForward } from "./feed-forward.js";
export { initLinear, type LinearParams, linear } from "./linear.js";
export { initRmsNorm, type RmsNormParams, rmsNorm } from "./rms-norm.js";

// Blocks and what is added to them
export { type AdapterParams, adapter, initAdapter } from "./adapter.js";
export {
  type BlockOptions,
  type BlockSize,
  type EncoderBlockParams,
  encoderBlock,
  initEncoderBlock,
} from "./encoder-block.js";
export { initTaskLayer, type TaskLayerConfig, type TaskLayerParams, taskLayer } from "./task-layer.js";
