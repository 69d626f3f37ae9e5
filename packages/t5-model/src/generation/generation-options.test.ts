import { createRng } from "@t5ts/random";
import { CPU_BACKEND, selectBackend } from "@t5ts/tensor-core";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import type { T5Inputs } from "../encoder.js";
import { ids, randomModel, TINY } from "../testing/tiny-variants.js";
import { generate } from "./generate.js";
import type { GenerateOptions } from "./generation-options.js";
import { minLength } from "./logits-processors.js";
import { streamTokens } from "./stream-tokens.js";

const PLAIN: GenerateOptions = { maxNewTokens: 3 };
const inputs = (): T5Inputs => ({ inputIds: ids([[5, 8, 1]]) });
const rng = createRng(0);

describe("arguments of generate", () => {
  beforeAll(() => selectBackend("cpu", [CPU_BACKEND]));

  const disposed = (): T5Inputs => {
    const { inputIds } = inputs();
    inputIds.dispose();
    return { inputIds };
  };
  const wrongInputs: [what: string, make: () => unknown, got: string][] = [
    ["a text", () => "text", '"text"'],
    ["nothing", () => undefined, "undefined"],
    ["lists", () => [[5, 8]], "a list of 1, the first a list of 2, the first 5"],
    ["lists by name", () => ({ inputIds: [[5]] }), "{ inputIds: a list of 1, the first a list of 1, the first 5 }"],
    ["a tensor without its name", () => inputs().inputIds, "a tensor [1, 3] of int32"],
    ["one row", () => ({ inputIds: tf.tensor1d([5], "int32") }), "{ inputIds: a tensor [1] of int32 }"],
    ["floats", () => ({ inputIds: tf.tensor2d([[5.5]]) }), "{ inputIds: a tensor [1, 1] of float32 }"],
    ["what was disposed", disposed, "{ inputIds: a tensor [1, 3] of int32, disposed }"],
  ];
  for (const [what, make, got] of wrongInputs) {
    it(`name the inputs that are ${what}`, async () => {
      const expected = `generate: inputs: expected { inputIds } with a tensor [batch, inputLength] of int32, got ${got}`;
      await expect(generate(randomModel(TINY), make() as T5Inputs, PLAIN)).rejects.toThrow(new TypeError(expected));
    });
  }

  it("name the model that is none", async () => {
    const expected = "generate: model: expected { config, params }, such as of `loadT5`, got ";
    await expect(generate(undefined as never, inputs(), PLAIN)).rejects.toThrow(new TypeError(`${expected}undefined`));
    const { params } = randomModel(TINY);
    await expect(generate(params as never, inputs(), PLAIN)).rejects.toThrow(`${expected}an object of embedding, `);
  });

  it("name the options that aren't there", async () => {
    const message = "generate: options: expected an object such as { maxNewTokens: 64 }, got undefined";
    await expect(generate(randomModel(TINY), inputs(), undefined as never)).rejects.toThrow(message);
  });

  const wrong: [options: object, message: string][] = [
    [{ maxNewTokens: "9" }, 'maxNewTokens: expected an integer from 1 on, got "9"'],
    [{ numBeams: "4" }, 'numBeams: expected an integer from 1 on, got "4"'],
    [{ task: 4 }, "task: expected a name, got 4"],
    [{ processors: minLength(2, 1) }, "processors: expected a list of functions, got a function"],
    [{ processors: ["minLength"] }, 'processors: expected a list of functions, got a list of 1, the first "minLength"'],
    [{ prompts: [4, 5] }, "prompts: expected a list of ids for each input, got a list of 2, the first 4"],
    [{ prompts: "ab" }, 'prompts: expected a list of ids for each input, got "ab"'],
    [{ sampling: true }, "sampling: expected an object such as { rng: createRng(0) }, got true"],
    [{ sampling: null }, "sampling: expected an object such as { rng: createRng(0) }, got null"],
    [{ sampling: { rng, topK: 2.5 } }, "sampling.topK: expected an integer from 1 on, got 2.5"],
    [{ sampling: { rng, typicalMass: 0 } }, "sampling.typicalMass: expected a number in (0, 1], got 0"],
    [{ signal: new AbortController() }, "signal: expected an AbortSignal, got an object of"],
    [{ isEarlyStopping: "no" }, 'isEarlyStopping: expected a boolean, got "no"'],
  ];
  for (const [options, message] of wrong) {
    it(`can't be: ${message}`, async () => {
      const run = generate(randomModel(TINY), inputs(), { ...PLAIN, ...options } as GenerateOptions);
      await expect(run).rejects.toThrow(`generate: ${message}`);
    });
  }

  it("are checked for streams as well", async () => {
    await expect(streamTokens(randomModel(TINY), "text" as never, PLAIN).next()).rejects.toThrow('got "text"');
    const flat = { ...PLAIN, prompts: [4] as never };
    await expect(streamTokens(randomModel(TINY), inputs(), flat).next()).rejects.toThrow("generate: prompts: expected");
  });
});
