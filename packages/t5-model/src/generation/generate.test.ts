import { createRng } from "@t5ts/random";
import { namedLeaves, withLeaves } from "@t5ts/tensor-core";
import { describeOnBackends } from "@t5ts/testing";
import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";
import { forward } from "../model.js";
import type { T5Model } from "../params.js";
import { ids, randomModel, TINY, VARIANTS } from "../testing/tiny-variants.js";
import { allowTokens } from "./allow-tokens.js";
import { generate } from "./generate.js";
import type { GenerateOptions } from "./generation-options.js";
import { minLength } from "./logits-processors.js";
import { streamTokens } from "./stream-tokens.js";
import { t5xLengthPenalty } from "./t5x-beam-search.js";

const LONG = [5, 8, 3, 11, 6, 1];
const SHORT = [9, 4, 1];
const inputs = () => ({ inputIds: ids([LONG, [...SHORT, 0, 0, 0]]) });

/** log p of each token of each sequence given those before it, by teacher forcing: the other path to a score. */
function logProbabilities(model: T5Model, input: number[], sequences: number[][]): number[][] {
  const length = Math.max(...sequences.map((tokens) => tokens.length));
  const padded = sequences.map((tokens) => [
    0,
    ...tokens.slice(0, -1),
    ...new Array<number>(length - tokens.length).fill(0),
  ]);
  const logits = forward(model, { inputIds: ids(sequences.map(() => input)), decoderInputIds: ids(padded) });
  const rows = tf.logSoftmax(logits).arraySync() as number[][][];
  return sequences.map((tokens, row) => tokens.map((token, i) => rows[row]?.[i]?.[token] as number));
}

const sum = (values: number[]): number => values.reduce((a, b) => a + b, 0);

describeOnBackends("generate", () => {
  it("collects the stream's tokens up to each end", async () => {
    const model = randomModel(TINY, 3);
    const steps: number[][] = [];
    for await (const tokens of streamTokens(model, inputs(), { maxNewTokens: 9 })) steps.push(tokens);
    const outputs = await generate(model, inputs(), { maxNewTokens: 9 });
    for (const [row, [output]] of outputs.entries()) {
      const column = steps.map((tokens) => tokens[row]);
      expect(output?.ids).toEqual(column.includes(1) ? column.slice(0, column.indexOf(1) + 1) : column);
      expect(output).not.toHaveProperty("score");
    }
    expect(await generate(model, inputs(), { maxNewTokens: 9, numBeams: 1 })).toEqual(outputs);
  });

  describe("with beams", () => {
    for (const dialect of ["t5x", "huggingface"] as const) {
      for (const name of ["published, relu and a tied table", "described, merged attention and the mean of heads"]) {
        it(`finds for a batch what it finds for each input: ${dialect}, ${name}`, async () => {
          for (const seed of [1, 2]) {
            const model = randomModel(VARIANTS[name]!, seed, 0.6);
            const options = { maxNewTokens: 7, numBeams: 3, numReturn: 3, dialect };
            const both = await generate(model, inputs(), options);
            for (const [row, input] of [LONG, SHORT].entries()) {
              const [alone] = await generate(model, { inputIds: ids([input]) }, options);
              expect(both[row]?.map(({ ids }) => ids)).toEqual(alone?.map(({ ids }) => ids));
              for (const [i, { score }] of alone!.entries())
                expect(both[row]?.[i]?.score).toBeCloseTo(score as number, 4);
            }
          }
        });
      }

      it(`returns different outputs, best first, the same ones whatever their number: ${dialect}`, async () => {
        const model = randomModel(TINY, 1, 0.6);
        const find = (numReturn: number) =>
          generate(model, inputs(), { maxNewTokens: 7, numBeams: 4, numReturn, dialect });
        const all = await find(4);
        for (const found of all) {
          const scores = found.map(({ score }) => score as number);
          expect(scores).toEqual([...scores].sort((a, b) => b - a));
          expect(new Set(found.map(({ ids }) => ids.join(" "))).size).toBe(found.length);
        }
        expect(await find(2)).toEqual(all.map((found) => found.slice(0, 2)));
      });

      for (const prompt of [[], [3, 2]]) {
        it(`finds the best of all sequences when none is dropped: ${dialect}, prompt [${prompt}]`, async () => {
          const config = { ...TINY, vocabSize: 4 };
          const model = randomModel(config, 5, 0.6);
          const input = [2, 3, 3, 1];
          const maxNewTokens = 4;
          const lengthPenalty = 0.8;
          const found = await generate(
            model,
            { inputIds: ids([input]) },
            // 27 sequences without an end are alive after three tokens, 108 continuations of them.
            { maxNewTokens, numBeams: 108, numReturn: 108, lengthPenalty, dialect, prompts: [prompt] },
          );
          const candidates = sequences(4, maxNewTokens)
            // T5X returns what has ended, if anything has; Hugging Face what is alive at the end as well.
            .filter((tokens) => dialect === "huggingface" || tokens.at(-1) === 1)
            .map((tokens) => [...prompt, ...tokens]);
          const each = logProbabilities(model, input, candidates);
          const scored = candidates
            .map((all, i) => {
              const score = sum(each[i]!.slice(prompt.length));
              const hasEnded = all.at(-1) === 1;
              const divisor =
                dialect === "t5x"
                  ? t5xLengthPenalty(all.length, lengthPenalty)
                  : (1 + all.length - (hasEnded ? 1 : 0)) ** lengthPenalty;
              return { ids: all, score: score / divisor };
            })
            .sort((a, b) => b.score - a.score)
            .slice(0, 108);
          expect(found[0]?.length).toBe(scored.length);
          for (const [i, { ids, score }] of scored.entries()) {
            expect(found[0]?.[i]?.score).toBeCloseTo(score, 4);
            // Scores nearer than float32 sees may change places.
            const isClear = [i - 1, i + 1].every((k) => Math.abs((scored[k]?.score ?? Number.NaN) - score) > 1e-4);
            if (isClear) expect(found[0]?.[i]?.ids).toEqual(ids);
          }
        });
      }
    }

    it("begins every sequence with its input's prompt", async () => {
      const model = randomModel(TINY, 1, 0.6);
      const options: GenerateOptions = { maxNewTokens: 5, numBeams: 3, numReturn: 3 };
      const prompts = [[2, 12, 12, 6], [4]];
      const both = await generate(model, inputs(), { ...options, prompts });
      for (const [row, input] of [LONG, SHORT].entries()) {
        const prompt = prompts[row] as number[];
        const [alone] = await generate(model, { inputIds: ids([input]) }, { ...options, prompts: [prompt] });
        expect(both[row]?.map(({ ids }) => ids)).toEqual(alone?.map(({ ids }) => ids));
        for (const { ids } of alone!) {
          expect(ids.slice(0, prompt.length)).toEqual(prompt);
          expect(ids.length).toBeLessThanOrEqual(prompt.length + 5);
        }
      }
    });

    it("gives processors log probabilities, so that one that does nothing changes nothing", async () => {
      const model = randomModel(TINY, 1, 0.6);
      const options: GenerateOptions = { maxNewTokens: 6, numBeams: 3, numReturn: 3 };
      const plain = await generate(model, inputs(), options);
      const largest: number[] = [];
      const look = (scores: Float32Array): void => void largest.push(scores.reduce((a, b) => Math.max(a, b)));
      const processed = await generate(model, inputs(), { ...options, processors: [look] });
      expect(processed.flat().map(({ ids }) => ids)).toEqual(plain.flat().map(({ ids }) => ids));
      for (const [i, { score }] of plain.flat().entries())
        expect(processed.flat()[i]?.score).toBeCloseTo(score as number, 4);
      expect(Math.max(...largest)).toBeLessThanOrEqual(1e-6);
    });

    it("gives processors the input that a beam is for", async () => {
      const model = randomModel(TINY, 1, 0.6);
      const seen = new Set<number>();
      const wish = (scores: Float32Array, _: readonly number[], input: number): void => {
        seen.add(input);
        scores[input === 0 ? 7 : 9] = 100;
      };
      const outputs = await generate(model, inputs(), { maxNewTokens: 3, numBeams: 2, processors: [wish] });
      expect([...seen]).toEqual([0, 1]);
      expect(outputs.map(([best]) => best?.ids)).toEqual([
        [7, 7, 7],
        [9, 9, 9],
      ]);
    });
  });

  it("makes nothing shorter than the minimal length", async () => {
    const model = randomModel(TINY, 3);
    // Without the processor, every beam ends at once.
    const eager = (scores: Float32Array): void => {
      if (scores[1] !== Number.NEGATIVE_INFINITY) scores[1] = 1000;
    };
    for (const numBeams of [1, 3]) {
      const lengths = async (processors: GenerateOptions["processors"]): Promise<number[]> =>
        (await generate(model, inputs(), { maxNewTokens: 9, numBeams, processors })).map(([best]) => best!.ids.length);
      expect(await lengths([eager])).toEqual([1, 1]);
      expect(await lengths([minLength(5, 1), eager])).toEqual([5, 5]);
    }
  });

  describe("when sampling", () => {
    it("gives several samples for each input, the most probable first, with their log probabilities", async () => {
      const model = randomModel(TINY, 3);
      const outputs = await generate(model, inputs(), {
        maxNewTokens: 4,
        numReturn: 5,
        sampling: { rng: createRng(7), temperature: 2 },
      });
      expect(outputs.map((samples) => samples.length)).toEqual([5, 5]);
      for (const [row, input] of [LONG, SHORT].entries()) {
        const scores = outputs[row]!.map(({ score }) => score as number);
        expect(scores).toEqual([...scores].sort((a, b) => b - a));
        expect(new Set(scores).size).toBeGreaterThan(2);
        for (const { ids, score } of outputs[row]!) {
          expect(score).toBeCloseTo(sum(logProbabilities(model, input, [ids])[0]!), 4);
        }
      }
    });

    it("draws sequences as often as they are probable", async () => {
      const config = { ...TINY, vocabSize: 4 };
      const model = randomModel(config, 5);
      const input = [2, 3, 3, 1];
      const numReturn = 1500;
      const [samples] = await generate(
        model,
        { inputIds: ids([input]) },
        { maxNewTokens: 2, numReturn, sampling: { rng: createRng(2) } },
      );
      const counts = new Map<string, number>();
      for (const { ids } of samples!) counts.set(`${ids}`, (counts.get(`${ids}`) ?? 0) + 1);
      let chiSquare = 0;
      const all = sequences(4, 2);
      const each = logProbabilities(model, input, all);
      for (const [i, tokens] of all.entries()) {
        const expected = numReturn * Math.exp(sum(each[i]!));
        chiSquare += ((counts.get(`${tokens}`) ?? 0) - expected) ** 2 / expected;
      }
      expect(all.length).toBe(13);
      expect(chiSquare).toBeLessThan(32.9); // 12 degrees of freedom, p = 0.001; the seed is fixed
    });
  });

  describe("what it can't choose from is an error that names input and step", () => {
    const failing: [how: string, options: Partial<GenerateOptions>][] = [
      ["greedily", {}],
      ["greedily, beyond what is worth preparing", { maxNewTokens: 12 }],
      ["with a processor", { processors: [minLength(3, 1)] }],
      ["sampling", { sampling: { rng: createRng(1) } }],
      ["with beams of T5X", { numBeams: 3 }],
      ["with beams of Hugging Face", { numBeams: 3, dialect: "huggingface" }],
      ["with beams of transformers 5", { numBeams: 3, dialect: "huggingface5" }],
      ["with beams and a processor", { numBeams: 3, processors: [minLength(3, 1)] }],
    ];

    for (const [how, options] of failing) {
      it(`weights that aren't numbers: ${how}`, async () => {
        const model = randomModel(TINY, 1, 0.6);
        const before = tf.memory().numTensors;
        for (const bad of [Number.NaN, Number.POSITIVE_INFINITY]) {
          const broken = withValue(model, "decoder.finalNorm.weight", bad);
          const batch = inputs();
          await expect(generate(broken, batch, { maxNewTokens: 7, ...options })).rejects.toThrow(
            /^generate: input 0, step 1: expected scores that are numbers from the model, got /,
          );
          tf.dispose(batch);
        }
        // Those of the weights that were changed.
        expect(tf.memory().numTensors).toBe(before + 2);
      });

      it(`every token forbidden: ${how}`, async () => {
        const model = randomModel(TINY, 1, 0.6);
        const none = allowTokens((tokens, input) => (input === 1 && tokens.length === 3 ? [] : [4, 5, 6]));
        const processors = [...(options.processors ?? []), none];
        await expect(generate(model, inputs(), { maxNewTokens: 7, ...options, processors })).rejects.toThrow(
          /^generate: input 1, step 3: expected a token to choose, but/,
        );
      });
    }

    it("a processor that gives what isn't a number", async () => {
      const model = randomModel(TINY, 1, 0.6);
      const spoil = (scores: Float32Array, tokens: readonly number[]): void => {
        if (tokens.length === 2) scores[5] = Number.NaN;
      };
      for (const options of [{}, { numBeams: 2 }, { sampling: { rng: createRng(1) } }]) {
        await expect(generate(model, inputs(), { maxNewTokens: 7, ...options, processors: [spoil] })).rejects.toThrow(
          "generate: input 0, step 2: expected scores that are numbers from the processors, got NaN",
        );
      }
    });

    it("one input of several that comes to it later", async () => {
      const config = VARIANTS["published, gated gelu and an output layer"]!;
      const model = randomModel(config, 1, 0.6);
      const table = model.params.embedding.weight.dataSync().slice();
      table.fill(Number.NaN, 12 * config.dModel); // the last token's, which is in no input
      const params = { ...model.params, embedding: { weight: tf.tensor2d(table, [config.vocabSize, config.dModel]) } };
      const prompts = [[], [12]];
      for (const options of [{}, { maxNewTokens: 12 }, { numBeams: 2 }, { sampling: { rng: createRng(1) } }]) {
        await expect(generate({ config, params }, inputs(), { maxNewTokens: 7, ...options, prompts })).rejects.toThrow(
          "generate: input 1, step 2: expected scores that are numbers from the model",
        );
      }
    });
  });

  it("names an option that can't be", async () => {
    const model = randomModel(TINY);
    const rng = createRng(0);
    const wrong: [options: object, message: string][] = [
      [{ dialect: "x", numBeams: 2 }, 'generate: dialect: expected one of t5x, huggingface, huggingface5, got "x"'],
      [{ lengthPenalty: Number.NaN }, "generate: lengthPenalty: expected a number, got NaN"],
      [{ sampling: {} }, "generate: sampling.rng: expected a generator, such as createRng(0), got undefined"],
      [
        { sampling: { rng, temperature: Number.NaN } },
        "generate: sampling.temperature: expected a number above 0, got NaN",
      ],
      [{ sampling: { rng, topK: 0 } }, "generate: sampling.topK: expected an integer from 1 on, got 0"],
      [{ sampling: { rng, topP: 2 } }, "generate: sampling.topP: expected a number in (0, 1], got 2"],
    ];
    for (const [options, message] of wrong) {
      await expect(generate(model, inputs(), { maxNewTokens: 3, ...options })).rejects.toThrow(message);
    }
  });

  it("holds no tensors when it has ended, failed or been aborted, and leaves its inputs alive", async () => {
    const model = randomModel(TINY, 1, 0.6);
    const batch = inputs();
    const before = tf.memory().numTensors;
    for (const dialect of ["t5x", "huggingface"] as const) {
      await generate(model, batch, { maxNewTokens: 7, numBeams: 3, dialect });
    }
    await generate(model, batch, { maxNewTokens: 7, numReturn: 3, sampling: { rng: createRng(0) } });
    const abort = new AbortController();
    const abortThird = (_: Float32Array, tokens: readonly number[]): void => {
      if (tokens.length === 3) abort.abort();
    };
    const aborted = generate(model, batch, {
      maxNewTokens: 7,
      numBeams: 3,
      processors: [abortThird, minLength(7, 1)],
      signal: abort.signal,
    });
    await expect(aborted).rejects.toThrow(expect.objectContaining({ name: "AbortError" }));
    const failThird = (_: Float32Array, tokens: readonly number[]): void => {
      if (tokens.length === 3) throw new Error("no third token");
    };
    const failed = generate(model, batch, { maxNewTokens: 7, numBeams: 3, processors: [failThird] });
    await expect(failed).rejects.toThrow("no third token");
    expect(tf.memory().numTensors).toBe(before);
    expect(batch.inputIds.isDisposed).toBe(false);
  });

  it("refuses options that are out of bounds or contradict each other", async () => {
    const model = randomModel(TINY);
    const complaint = (options: Partial<GenerateOptions>): Promise<string> =>
      generate(model, inputs(), { maxNewTokens: 3, ...options }).then(
        () => "none",
        (error: unknown) => `${error}`,
      );
    const sampling = { rng: createRng(0) };
    expect(await complaint({ numBeams: 0 })).toBe(
      "RangeError: generate: numBeams: expected an integer from 1 on, got 0",
    );
    expect(await complaint({ numReturn: 2 })).toBe(
      "RangeError: generate: numReturn: expected an integer from 1 to numBeams (1), got 2",
    );
    expect(await complaint({ numReturn: 0, sampling })).toBe(
      "RangeError: generate: numReturn: expected an integer from 1 on, got 0",
    );
    expect(await complaint({ numBeams: 4, sampling })).toBe(
      "RangeError: generate: numBeams: expected 1 when sampling, got 4",
    );
    expect(await complaint({ maxNewTokens: -1 })).toContain("generate: maxNewTokens: expected an integer from 1 on");
    expect(await complaint({ maxNewTokens: Number.POSITIVE_INFINITY, numBeams: 2 })).toContain("got Infinity");
    expect(await complaint({ task: "sing" })).toContain(
      "encode: task: expected one that the model has a layer for (none)",
    );
    expect(await complaint({ sampling: { ...sampling, temperature: 0 } })).toContain("generate: sampling.temperature");
  });
});

/** All sequences over `vocabSize` tokens that end with the first end token, 1, or at `maxLength`. */
function sequences(vocabSize: number, maxLength: number): number[][] {
  const tokens = Array.from({ length: vocabSize }, (_, token) => token);
  const grow = (start: number[]): number[][] =>
    tokens.flatMap((token) => {
      const next = [...start, token];
      return token === 1 || next.length === maxLength ? [next] : grow(next);
    });
  return grow([]);
}

/** A model one of whose parameters is filled with a value. */
function withValue({ config, params }: T5Model, path: string, value: number): T5Model {
  const values = namedLeaves(params).map(([name, leaf]) => (name === path ? tf.fill(leaf.shape, value) : leaf));
  return { config, params: withLeaves(params, values) };
}
