import { describe, expect, it } from "vitest";
import { t5xSchedule } from "./t5x-schedule.js";

describe("t5xSchedule", () => {
  it("multiplies its factors", () => {
    const base = { baseLearningRate: 4, warmupSteps: 4 };
    const cases: [factors: string, values: [step: number, rate: number][]][] = [
      ["constant", [[7, 4]]],
      [
        "constant * linear_warmup",
        [
          [0, 1e-8],
          [1, 1],
          [9, 4],
        ],
      ],
      [
        "constant*rsqrt_decay",
        [
          [0, 2],
          [4, 2],
          [16, 1],
        ],
      ],
      [
        "rsqrt_normalized_decay",
        [
          [4, 1],
          [16, 0.5],
        ],
      ],
      [
        "linear_decay",
        [
          [2, 2],
          [4, 4],
          [5, 3],
          [8, 1e-8],
        ],
      ],
      [
        "constant * decay_every",
        [
          [9, 4],
          [10, 2],
          [20, 1],
        ],
      ],
      [
        "cosine_decay",
        [
          [4, 1],
          [14, 0.5],
          [24, 1],
        ],
      ],
    ];
    for (const [factors, values] of cases) {
      const schedule = t5xSchedule({
        ...base,
        factors,
        decayFactor: factors === "linear_decay" ? 0.25 : 0.5,
        stepsPerDecay: 10,
        stepsPerCycle: 20,
      });
      for (const [step, rate] of values) expect(schedule(step), `${factors} at ${step}`).toBeCloseTo(rate, 12);
    }
  });

  it("counts from its offset", () => {
    const schedule = t5xSchedule({ factors: "linear_warmup", warmupSteps: 10, stepOffset: 100 });
    expect([schedule(50), schedule(105)]).toEqual([1e-8, 0.5]);
  });

  it("names a factor that it doesn't know", () => {
    expect(() => t5xSchedule({ factors: "constant * cosine" })).toThrow('cosine_decay, got "cosine"');
  });
});
