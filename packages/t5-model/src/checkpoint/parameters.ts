import type { TaskLayerConfig } from "@t5ts/layers";
import type { T5Config } from "../config.js";
import { hasHuggingFaceNames } from "./parse-config.js";

/** One tensor of a model: its path here, its name in a file, its shape in both. */
export type Parameter = { path: string; shape: number[]; name: string };

/**
 * Every tensor of a model with this configuration: one table, read one way to load and the other to save.
 *
 * Names are Hugging Face's where it has the architecture. What it has no name for keeps ours, behind `t5ts.`; so does
 * the whole of a model that isn't a published T5.
 */
export function listParameters(config: T5Config): Parameter[] {
  const parameters = [
    ...embeddingParameters(config, "embedding", "shared"),
    ...(config.sharesEmbedding ? [] : embeddingParameters(config, "decoderEmbedding", "decoder.embed_tokens")),
    ...stackParameters(config, "encoder", config.numLayers),
    ...stackParameters(config, "decoder", config.numDecoderLayers),
    ...(config.tieWordEmbeddings ? [] : [linear("lmHead", "lm_head", config.dModel, config.vocabSize)]),
    ...Object.entries(config.taskLayers).flatMap(([task, layer]) =>
      taskLayerParameters(config, `taskLayers.${task}`, layer),
    ),
    ...Object.entries(config.classifiers).map(([name, { numLabels }]) =>
      linear(`classifiers.${name}`, "", config.dModel, numLabels),
    ),
  ];
  const hasTheirs = hasHuggingFaceNames(config);
  return parameters.map((parameter) =>
    hasTheirs && parameter.name !== "" ? parameter : { ...parameter, name: `t5ts.${parameter.path}` },
  );
}

function embeddingParameters({ vocabSize, dModel, embeddingMlp }: T5Config, path: string, name: string): Parameter[] {
  if (embeddingMlp === undefined) return [tensor(`${path}.weight`, name && `${name}.weight`, [vocabSize, dModel])];
  const { dEmbedding, dHidden } = embeddingMlp;
  return [
    tensor(`${path}.weight`, "", [vocabSize, dEmbedding]),
    linear(`${path}.mlp.up`, "", dEmbedding, dHidden),
    linear(`${path}.mlp.down`, "", dHidden, dModel),
  ];
}

function stackParameters(config: T5Config, stack: "encoder" | "decoder", numLayers: number): Parameter[] {
  const { positions, numHeads, dModel } = config;
  const placed: Parameter[] =
    positions.kind === "sinusoidal"
      ? [tensor(`${stack}.positions.weight`, "", [])]
      : Array.from({ length: positions.inEveryLayer ? numLayers : 1 }, (_, layer) =>
          tensor(
            `${stack}.positionBias.${layer}.weight`,
            `${stack}.block.${layer}.layer.0.SelfAttention.relative_attention_bias.weight`,
            [positions.numBuckets, numHeads],
          ),
        );
  const blocks = Array.from({ length: numLayers }, (_, layer) =>
    stack === "encoder" ? encoderBlockParameters(config, layer) : decoderBlockParameters(config, layer),
  );
  return [
    ...placed,
    ...blocks.flat(),
    tensor(`${stack}.finalNorm.weight`, `${stack}.final_layer_norm.weight`, [dModel]),
  ];
}

function encoderBlockParameters(config: T5Config, layer: number): Parameter[] {
  const path = `encoder.blocks.${layer}`;
  const name = `encoder.block.${layer}.layer`;
  return [
    tensor(`${path}.selfAttentionNorm.weight`, `${name}.0.layer_norm.weight`, [config.dModel]),
    ...attentionParameters(config, `${path}.selfAttention`, `${name}.0.SelfAttention`),
    ...feedForwardParameters(config, path, `${name}.1`),
  ];
}

function decoderBlockParameters(config: T5Config, layer: number): Parameter[] {
  const path = `decoder.blocks.${layer}`;
  const name = `decoder.block.${layer}.layer`;
  const cross = [
    tensor(`${path}.crossAttentionNorm.weight`, `${name}.1.layer_norm.weight`, [config.dModel]),
    ...attentionParameters(config, `${path}.crossAttention`, `${name}.1.EncDecAttention`),
  ];
  return [
    tensor(`${path}.selfAttentionNorm.weight`, `${name}.0.layer_norm.weight`, [config.dModel]),
    ...attentionParameters(config, `${path}.selfAttention`, `${name}.0.SelfAttention`),
    ...(config.decoderAttention === "cross" ? cross : []),
    ...feedForwardParameters(config, path, `${name}.2`),
  ];
}

function attentionParameters(config: T5Config, path: string, name: string): Parameter[] {
  const { dModel, dKv, numHeads, headMerge } = config;
  const inner = numHeads * dKv;
  return [
    linear(`${path}.query`, name && `${name}.q`, dModel, inner),
    linear(`${path}.key`, name && `${name}.k`, dModel, inner),
    linear(`${path}.value`, name && `${name}.v`, dModel, inner),
    linear(`${path}.output`, name && `${name}.o`, headMerge === "concat" ? inner : dKv, dModel),
  ];
}

function feedForwardParameters({ dModel, dFf, feedForwardProj }: T5Config, path: string, name: string): Parameter[] {
  const isGated = feedForwardProj.startsWith("gated-");
  const dense = name && `${name}.DenseReluDense`;
  return [
    tensor(`${path}.feedForwardNorm.weight`, name && `${name}.layer_norm.weight`, [dModel]),
    ...(isGated ? [linear(`${path}.feedForward.gate`, dense && `${dense}.wi_0`, dModel, dFf)] : []),
    linear(`${path}.feedForward.up`, dense && `${dense}.${isGated ? "wi_1" : "wi"}`, dModel, dFf),
    linear(`${path}.feedForward.down`, dense && `${dense}.wo`, dFf, dModel),
  ];
}

function taskLayerParameters(config: T5Config, path: string, layer: TaskLayerConfig): Parameter[] {
  const { dModel } = config;
  switch (layer.kind) {
    case "identity":
      return [];
    case "linear":
      return [linear(`${path}.linear`, "", dModel, dModel)];
    case "adapter":
      return [
        tensor(`${path}.adapter.norm.weight`, "", [dModel]),
        linear(`${path}.adapter.down`, "", dModel, layer.dBottleneck),
        linear(`${path}.adapter.up`, "", layer.dBottleneck, dModel),
      ];
    case "block":
      return [
        tensor(`${path}.block.selfAttentionNorm.weight`, "", [dModel]),
        ...attentionParameters(config, `${path}.block.selfAttention`, ""),
        ...feedForwardParameters(config, `${path}.block`, ""),
      ];
  }
}

/** An empty `name` means that Hugging Face has none. */
function tensor(path: string, name: string, shape: number[]): Parameter {
  return { path, shape, name };
}

function linear(path: string, name: string, dIn: number, dOut: number): Parameter {
  return tensor(`${path}.weight`, name && `${name}.weight`, [dOut, dIn]);
}
