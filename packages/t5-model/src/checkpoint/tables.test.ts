import {
  bytesSource,
  CPU_BACKEND,
  encodeSafetensors,
  openSafetensors,
  type Safetensors,
  selectBackend,
} from "@t5ts/tensor-core";
import { expectTensor } from "@t5ts/testing";
import { beforeAll, describe, expect, it } from "vitest";
import type { T5Config } from "../config.js";
import { forward } from "../model.js";
import { ids, randomModel, TINY, VARIANTS } from "../testing/tiny-variants.js";
import { checkpointItems, disposeT5, loadT5, unusedTensors } from "./checkpoint.js";
import { formatT5Config } from "./parse-config.js";
import { configOfFile, findIgnoredTable } from "./tables.js";

const SHARED = "shared.weight";
const ENCODER = "encoder.embed_tokens.weight";
const DECODER = "decoder.embed_tokens.weight";
const OUTPUT = "lm_head.weight";

/** A file with these tables, each filled with a number: equal numbers are equal tables. */
async function fileOf(tables: Record<string, number>): Promise<Safetensors> {
  const items = Object.entries(tables).map(([name, value], i) => ({
    name,
    // Formats differ, contents count.
    dtype: i % 2 === 0 ? ("F32" as const) : ("BF16" as const),
    shape: [13, 8],
    values: new Array<number>(13 * 8).fill(value),
  }));
  return openSafetensors(bytesSource("tables.safetensors", await encodeSafetensors(items)));
}

type Ties = Pick<T5Config, "sharesEmbedding" | "tieWordEmbeddings" | "scaleDecoderOutputs">;

async function tiesOf(tables: Record<string, number>, fields: Record<string, unknown> = {}): Promise<Ties> {
  const { tie_word_embeddings, scale_decoder_outputs, ...json } = formatT5Config(TINY);
  const config = await configOfFile({ ...json, ...fields }, await fileOf(tables));
  const { sharesEmbedding, tieWordEmbeddings, scaleDecoderOutputs } = config;
  return { sharesEmbedding, tieWordEmbeddings, scaleDecoderOutputs };
}

const TIED = { sharesEmbedding: true, tieWordEmbeddings: true, scaleDecoderOutputs: true };
const UNTIED = { sharesEmbedding: true, tieWordEmbeddings: false, scaleDecoderOutputs: false };

describe("configOfFile", () => {
  it("unties an output layer that differs, whatever the config says", async () => {
    const tables = { [SHARED]: 1, [OUTPUT]: 2 };
    expect(await tiesOf(tables)).toEqual(UNTIED);
    expect(await tiesOf(tables, { tie_word_embeddings: true })).toEqual(UNTIED);
    expect(await tiesOf(tables, { tie_word_embeddings: false })).toEqual(UNTIED);
  });

  it("ties one that is equal, or isn't there", async () => {
    expect(await tiesOf({ [SHARED]: 1, [OUTPUT]: 1 })).toEqual(TIED);
    expect(await tiesOf({ [SHARED]: 1 })).toEqual(TIED);
    expect(await tiesOf({ [DECODER]: 1, [ENCODER]: 1 })).toEqual(TIED);
    expect(await tiesOf({ [OUTPUT]: 1 })).toEqual(TIED);
  });

  it("scales as written; else what is tied, where the config doesn't deny it, and never mT5", async () => {
    const untied = { [SHARED]: 1, [OUTPUT]: 2 };
    const scaled = async (tables: Record<string, number>, fields: Record<string, unknown>): Promise<boolean> =>
      (await tiesOf(tables, fields)).scaleDecoderOutputs;
    expect(await scaled(untied, { scale_decoder_outputs: true })).toBe(true);
    expect(await scaled({ [SHARED]: 1 }, { scale_decoder_outputs: false })).toBe(false);
    expect(await scaled({ [SHARED]: 1, [OUTPUT]: 1 }, { tie_word_embeddings: false })).toBe(false);
    expect(await scaled({ [SHARED]: 1 }, { model_type: "mt5", tie_word_embeddings: true })).toBe(false);
    expect(await scaled(untied, { model_type: "umt5", tie_word_embeddings: true })).toBe(false);
    expect(await scaled({ [SHARED]: 1 }, { model_type: "umt5" })).toBe(true);
    expect(await scaled(untied, { model_type: "umt5", scale_decoder_outputs: true })).toBe(true);
  });

  it("finds a table of the encoder's or the decoder's own", async () => {
    const apart = { ...TIED, sharesEmbedding: false };
    expect(await tiesOf({ [SHARED]: 1, [ENCODER]: 2 })).toEqual(apart);
    expect(await tiesOf({ [SHARED]: 1, [DECODER]: 2, [OUTPUT]: 2 })).toEqual(apart);
    expect(await tiesOf({ [SHARED]: 1, [ENCODER]: 1, [DECODER]: 1, [OUTPUT]: 1 })).toEqual(TIED);
    // Without an output layer the shared table is it, so the decoder's own isn't.
    expect(await tiesOf({ [SHARED]: 1, [DECODER]: 2 })).toEqual({ ...UNTIED, sharesEmbedding: false });
  });

  it("refuses a file that lacks the output layer that the config unties", async () => {
    await expect(tiesOf({ [SHARED]: 1 }, { tie_word_embeddings: false })).rejects.toThrow(
      'tables.safetensors lacks "lm_head.weight"; "tie_word_embeddings": false in the config asks for it',
    );
  });

  it("leaves a model with names of ours as it is", async () => {
    const config = VARIANTS["described, merged attention and the mean of heads"]!;
    expect(await configOfFile(formatT5Config(config), await fileOf({ "t5ts.embedding.weight": 1 }))).toEqual(config);
  });
});

describe("findIgnoredTable", () => {
  beforeAll(() => selectBackend("cpu", [CPU_BACKEND]));

  it("names a table that the configuration takes for another's though it differs", async () => {
    expect(await findIgnoredTable(TINY, await fileOf({ [SHARED]: 1, [OUTPUT]: 2 }))).toBe(OUTPUT);
    expect(await findIgnoredTable(TINY, await fileOf({ [SHARED]: 1, [DECODER]: 2 }))).toBe(DECODER);
    expect(await findIgnoredTable(TINY, await fileOf({ [SHARED]: 1, [ENCODER]: 2 }))).toBe(SHARED);
    expect(await findIgnoredTable(TINY, await fileOf({ [SHARED]: 1, [DECODER]: 1, [OUTPUT]: 1 }))).toBeUndefined();
  });

  it("keeps such a file from being loaded", async () => {
    const items = checkpointItems(randomModel(TINY));
    const output = { ...(items.find(({ name }) => name === SHARED) as (typeof items)[number]), name: OUTPUT };
    const changed = { ...output, values: new Array<number>(13 * 8).fill(2) };
    const bytes = await encodeSafetensors([...items, changed]);
    await expect(loadT5(TINY, await openSafetensors(bytesSource("tied", bytes)))).rejects.toThrow(
      'loadT5: tied: "lm_head.weight" differs from the table that the config has in its place',
    );
  });
});

describe("a model whose stacks have tables of their own", () => {
  beforeAll(() => selectBackend("cpu", [CPU_BACKEND]));

  for (const tieWordEmbeddings of [true, false]) {
    it(`is what was saved, by Hugging Face's names, ${tieWordEmbeddings ? "tied" : "untied"}`, async () => {
      const config: T5Config = { ...TINY, sharesEmbedding: false, tieWordEmbeddings };
      const model = randomModel(config);
      const items = checkpointItems(model);
      expect(items.map(({ name }) => name)).toEqual(expect.arrayContaining([SHARED, DECODER, OUTPUT]));
      expect(items.filter(({ name }) => name.startsWith("t5ts."))).toEqual([]);
      const file = await openSafetensors(bytesSource("two.safetensors", await encodeSafetensors(items)));
      const { shares_embedding, ...json } = formatT5Config(config);
      expect(await configOfFile(json, file)).toEqual(config);
      const loaded = await loadT5(config, file);
      expect(unusedTensors(config, file)).toEqual([]);
      const batch = { inputIds: ids([[5, 8, 3, 1]]), decoderInputIds: ids([[0, 7, 2]]) };
      expectTensor(forward(loaded, batch), forward(model, batch), 0);
      disposeT5(loaded);
      disposeT5(model);
    });
  }
});
