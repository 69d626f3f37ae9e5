import {
  DESCRIBED_TINY,
  formatT5Config,
  parseT5Config,
  suggest,
  T5_1_1_BASE,
  T5_1_1_SMALL,
  T5_BASE,
  T5_SMALL,
  T5_TINY,
  type T5Config,
  unknownConfigFields,
} from "@t5ts/t5-model";
import type { Tokenizer } from "@t5ts/tokenizer-bpe";
import type { ModelConfig } from "./run-config.js";

const PRESETS: Record<ModelConfig["preset"], T5Config> = {
  "t5-tiny": T5_TINY,
  "t5-small": T5_SMALL,
  "t5-base": T5_BASE,
  "t5-v1_1-small": T5_1_1_SMALL,
  "t5-v1_1-base": T5_1_1_BASE,
  "described-tiny": DESCRIBED_TINY,
};

/**
 * The configuration of a new model: a preset, with the vocabulary of the tokenizer, and the fields that the run says.
 *
 * @throws Error naming the field that can't be accepted.
 */
export function newModelConfig({ preset, config }: ModelConfig, { vocabSize, special }: Tokenizer): T5Config {
  const ids = { pad_token_id: special.pad, eos_token_id: special.end, decoder_start_token_id: special.pad };
  const whole = { ...formatT5Config(PRESETS[preset]), vocab_size: vocabSize, ...ids, ...config };
  const unknown = unknownConfigFields(whole, true).find(({ field }) => Object.hasOwn(config, field));
  if (unknown !== undefined) {
    throw new Error(
      `model.config.${unknown.field}: expected a field that describes a T5, as in config.json${suggest(unknown.closest)}`,
    );
  }
  return parseT5Config(whole);
}
