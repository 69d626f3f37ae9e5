import { createRng } from "@t5ts/random";
import { describeOnBackends } from "@t5ts/testing";
import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";
import { forward } from "../model.js";
import type { T5Model } from "../params.js";
import { ids, randomModel, TINY, VARIANTS } from "../testing/tiny-variants.js";
import type { StreamOptions } from "./generation-options.js";
import { streamTokens } from "./stream-tokens.js";

const LONG = [5, 8, 3, 11, 6, 1];
const SHORT = [9, 4, 1];
const inputs = () => ({ inputIds: ids([LONG, [...SHORT, 0, 0, 0]]) });

async function collect(model: T5Model, batch: { inputIds: tf.Tensor2D }, options: StreamOptions): Promise<number[][]> {
  const steps: number[][] = [];
  for await (const tokens of streamTokens(model, batch, options)) steps.push(tokens);
  return steps;
}

const column = (steps: number[][], row: number): number[] => steps.map((tokens) => tokens[row] as number);

/** The best token after each of `tokens`, by teacher forcing. */
function bestAfter(model: T5Model, input: number[], tokens: number[], task?: string): number[] {
  const logits = forward(model, { inputIds: ids([input]), decoderInputIds: ids([tokens]) }, { task });
  return Array.from(tf.reshape(tf.argMax(logits, -1), [-1]).dataSync());
}

describeOnBackends("streamTokens", () => {
  for (const [name, config] of Object.entries(VARIANTS)) {
    it(`takes the best token of the logits, step by step: ${name}`, async () => {
      const model = randomModel(config, 3);
      const task = Object.keys(config.taskLayers).at(-1);
      const steps = await collect(model, inputs(), { maxNewTokens: 9, task });
      for (const [row, input] of [LONG, SHORT].entries()) {
        const output = column(steps, row);
        const end = output.indexOf(1) < 0 ? output.length : output.indexOf(1) + 1;
        const tokens = output.slice(0, end);
        expect(tokens).toEqual(bestAfter(model, input, [0, ...tokens.slice(0, -1)], task));
        expect(output.slice(end)).toEqual(new Array(output.length - end).fill(0));
      }
    });
  }

  it("goes on for as long as is asked for", async () => {
    const model = randomModel({ ...TINY, eosTokenId: -1 }, 3);
    const steps = await collect(model, inputs(), { maxNewTokens: 150 });
    for (const [row, input] of [LONG, SHORT].entries()) {
      const tokens = column(steps, row);
      expect(tokens).toEqual(bestAfter(model, input, [0, ...tokens.slice(0, -1)]));
    }
  });

  it("ends when all have ended, each with padding after its end token", async () => {
    // Scores by the number of tokens so far: the first input ends after two, the second after four.
    const endAfter = (tokens: readonly number[], input: number): number =>
      tokens.length > (input === 0 ? 2 : 4) ? 1 : 7;
    const script = (scores: Float32Array, tokens: readonly number[], input: number): void => {
      scores.fill(0);
      scores[endAfter(tokens, input)] = 1;
    };
    const steps = await collect(randomModel(TINY), inputs(), { maxNewTokens: 9, processors: [script] });
    expect(steps).toEqual([
      [7, 7],
      [7, 7],
      [1, 7],
      [0, 7],
      [0, 1],
    ]);
  });

  it("draws the same tokens with the same seed", async () => {
    const draw = (seed: number): Promise<number[][]> =>
      collect(randomModel(TINY), inputs(), { maxNewTokens: 8, sampling: { rng: createRng(seed), temperature: 3 } });
    const once = await draw(1);
    expect(await draw(1)).toEqual(once);
    expect(await draw(2)).not.toEqual(once);
  });

  describe("with prompts", () => {
    it("goes on from them as if it had chosen them", async () => {
      const model = randomModel(TINY, 3);
      const batch = inputs();
      const plain = await collect(model, batch, { maxNewTokens: 8 });
      const prompts = [column(plain, 0).slice(0, 4), column(plain, 1).slice(0, 1)];
      const steps = await collect(model, batch, { maxNewTokens: 4, prompts });
      expect(column(steps, 0)).toEqual(column(plain, 0));
      expect(column(steps, 1)).toEqual([...column(plain, 1).slice(0, 5), 0, 0, 0]);
    });

    it("takes prompts that it wouldn't have chosen, an end token inside them included", async () => {
      const model = randomModel(TINY, 3);
      const prompts = [[2, 1, 12], [], [10, 1]];
      const batch = { inputIds: ids([LONG, LONG, LONG]) };
      const suppressEnd = (scores: Float32Array): void => {
        scores[1] = Number.NEGATIVE_INFINITY;
      };
      const steps = await collect(model, batch, { maxNewTokens: 3, prompts, processors: [suppressEnd] });
      for (const [row, prompt] of prompts.entries()) {
        const tokens = column(steps, row).slice(0, prompt.length + 3);
        expect(tokens.slice(0, prompt.length)).toEqual(prompt);
        const logits = forward(model, { inputIds: ids([LONG]), decoderInputIds: ids([[0, ...tokens.slice(0, -1)]]) });
        const [, ...others] = tf.split(logits, [1, 1, 11], 2);
        // Without the end token's column, pad's aside: the models' best tokens here are among the others.
        const best = Array.from(tf.reshape(tf.argMax(others[1] as tf.Tensor, -1), [-1]).dataSync(), (i) => i + 2);
        expect(tokens.slice(prompt.length)).toEqual(best.slice(prompt.length));
        expect(column(steps, row).slice(prompt.length + 3)).toEqual(new Array(3 - prompt.length).fill(0));
      }
    });

    it("refuses another number of them, and ids outside the vocabulary", async () => {
      const model = randomModel(TINY);
      const run = (prompts: number[][]): Promise<number[][]> => collect(model, inputs(), { maxNewTokens: 3, prompts });
      await expect(run([[4]])).rejects.toThrow("generate: prompts: expected 2, one for each input, got 1");
      await expect(run([[4], [2, 13]])).rejects.toThrow(
        "generate: prompts: id 13 at [1, 1] is outside the vocabulary of 13",
      );
    });
  });

  describe("holds no tensors", () => {
    const options: StreamOptions = { maxNewTokens: 9 };

    it("when it has ended", async () => {
      const model = randomModel(TINY, 3);
      const batch = inputs();
      const before = tf.memory().numTensors;
      await collect(model, batch, options);
      await collect(model, batch, { ...options, sampling: { rng: createRng(0) } });
      expect(tf.memory().numTensors).toBe(before);
    });

    it("when its caller stops early", async () => {
      const model = randomModel(TINY, 3);
      const batch = inputs();
      const before = tf.memory().numTensors;
      for await (const _ of streamTokens(model, batch, options)) break;
      expect(tf.memory().numTensors).toBe(before);
    });

    it("when it is aborted, which ends it before the next step", async () => {
      const model = randomModel(TINY, 3);
      const batch = inputs();
      const before = tf.memory().numTensors;
      const abort = new AbortController();
      let steps = 0;
      const stream = async (): Promise<void> => {
        for await (const _ of streamTokens(model, batch, { ...options, signal: abort.signal })) {
          if (++steps === 2) abort.abort(new Error("enough"));
        }
      };
      await expect(stream()).rejects.toThrow("enough");
      expect(steps).toBe(2);
      expect(tf.memory().numTensors).toBe(before);
    });

    it("when a processor throws", async () => {
      const model = randomModel(TINY, 3);
      const batch = inputs();
      const before = tf.memory().numTensors;
      const fail = (_: Float32Array, tokens: readonly number[]): void => {
        if (tokens.length === 3) throw new Error("no third token");
      };
      await expect(collect(model, batch, { ...options, processors: [fail] })).rejects.toThrow("no third token");
      expect(tf.memory().numTensors).toBe(before);
    });
  });

  it("says so when processors forbid every token", async () => {
    const forbidAll = (scores: Float32Array): void => void scores.fill(Number.NEGATIVE_INFINITY);
    const run = collect(randomModel(TINY), inputs(), { maxNewTokens: 2, processors: [forbidAll] });
    await expect(run).rejects.toThrow(
      "generate: input 0, step 1: expected a token to choose, but the processors forbid every one",
    );
  });

  it("refuses a length that isn't one", async () => {
    for (const maxNewTokens of [0, 2.5, Number.NaN]) {
      await expect(collect(randomModel(TINY), inputs(), { maxNewTokens })).rejects.toThrow(RangeError);
    }
  });
});
