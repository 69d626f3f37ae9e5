// Language modelling
export { type LanguageModelOptions, languageModelLoss, linearLanguageModelLoss } from "./language-model-loss.js";
export {
  linearMaskedLanguageModelLoss,
  type MaskedTargets,
  maskedLanguageModelLoss,
  maskedTargets,
} from "./masked-language-model-loss.js";
export { linearSpanCorruptionLoss, spanCorruptionLoss, T5_Z_LOSS } from "./span-corruption-loss.js";
export { zLoss } from "./z-loss.js";

// Sentences and tokens
export { nextSentenceAccuracy, nextSentenceCount, nextSentenceLoss } from "./next-sentence-loss.js";
export { type TokenClassificationOptions, tokenClassificationLoss } from "./token-classification-loss.js";

// Weights
export {
  initUncertainty,
  jointLoss,
  type LossParts,
  taskWeights,
  type UncertaintyParams,
  uncertaintyLoss,
} from "./joint-loss.js";
export { type NormalizeOptions, normalizeCosts } from "./normalize-costs.js";
export { type NormalizerKind, type TargetBatch, targetWeights } from "./target-weights.js";
