import { readFileSync } from "node:fs";
import { createRng } from "@t5ts/random";
import { CPU_BACKEND, namedLeaves, selectBackend } from "@t5ts/tensor-core";
import { beforeAll, describe, expect, it } from "vitest";
import { initT5 } from "../params.js";
import { T5_1_1_SMALL, T5_SMALL } from "../presets.js";
import { TINY, VARIANTS } from "../testing/tiny-variants.js";
import { listParameters } from "./parameters.js";

describe("listParameters", () => {
  beforeAll(() => selectBackend("cpu", [CPU_BACKEND]));

  for (const [name, config] of Object.entries(VARIANTS)) {
    it(`lists exactly the tensors of a model, with their shapes: ${name}`, () => {
      const listed = listParameters(config);
      const actual = namedLeaves(initT5(createRng(0), config)).map(([path, { shape }]) => [path, shape] as const);
      expect(Object.fromEntries(listed.map(({ path, shape }) => [path, shape]))).toEqual(Object.fromEntries(actual));
      expect(listed.length).toBe(actual.length);
      expect(new Set(listed.map(({ name }) => name)).size).toBe(listed.length);
    });
  }

  it("uses Hugging Face's names and layout for a published model", () => {
    const named = new Map(listParameters(T5_SMALL).map((parameter) => [parameter.path, parameter]));
    expect(named.get("embedding.weight")).toMatchObject({ name: "shared.weight", shape: [32128, 512] });
    expect(named.get("encoder.blocks.5.selfAttention.query.weight")).toMatchObject({
      name: "encoder.block.5.layer.0.SelfAttention.q.weight",
      shape: [512, 512],
    });
    expect(named.get("decoder.blocks.0.crossAttention.output.weight")?.name).toBe(
      "decoder.block.0.layer.1.EncDecAttention.o.weight",
    );
    expect(named.get("decoder.blocks.0.feedForward.up.weight")).toMatchObject({
      name: "decoder.block.0.layer.2.DenseReluDense.wi.weight",
      shape: [2048, 512],
    });
    expect(named.get("decoder.positionBias.0.weight")?.name).toBe(
      "decoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight",
    );
    const gated = new Map(listParameters(T5_1_1_SMALL).map(({ path, name }) => [path, name]));
    expect(gated.get("encoder.blocks.0.feedForward.gate.weight")).toBe(
      "encoder.block.0.layer.1.DenseReluDense.wi_0.weight",
    );
    expect(gated.get("encoder.blocks.0.feedForward.up.weight")).toBe(
      "encoder.block.0.layer.1.DenseReluDense.wi_1.weight",
    );
    expect(gated.get("lmHead.weight")).toBe("lm_head.weight");
  });

  it("gives every name of a file that transformers wrote", () => {
    for (const [folder, changes] of [
      ["v1.0-relu-tied", {}],
      ["v1.1-gated-gelu-untied", { feedForwardProj: "gated-gelu", tieWordEmbeddings: false }],
    ] as const) {
      const bytes = readFileSync(new URL(`../../fixtures/${folder}/model.safetensors`, import.meta.url));
      const header = JSON.parse(bytes.subarray(8, 8 + Number(bytes.readBigUInt64LE(0))).toString()) as object;
      const stored = Object.keys(header).filter((name) => name !== "__metadata__");
      const config = { ...TINY, numLayers: 2, numDecoderLayers: 2, ...changes };
      const copies = ["encoder.embed_tokens.weight", "decoder.embed_tokens.weight", "lm_head.weight"];
      const known = [...listParameters(config).map(({ name }) => name), ...copies];
      expect(stored.filter((name) => !known.includes(name))).toEqual([]);
      expect(listParameters(config).length).toBeLessThanOrEqual(stored.length);
    }
  });

  it("keeps our paths for what Hugging Face has no name for", () => {
    const parts = listParameters(VARIANTS["task layers and classifiers"]!).filter(({ name }) =>
      name.startsWith("t5ts."),
    );
    expect(parts.map(({ name }) => name)).toContain("t5ts.taskLayers.summarize.adapter.down.weight");
    expect(parts.map(({ name }) => name)).toContain("t5ts.classifiers.entities.weight");
    const ours = listParameters(VARIANTS["described, merged attention and the mean of heads"]!);
    expect(ours.every(({ name, path }) => name === `t5ts.${path}`)).toBe(true);
  });
});
