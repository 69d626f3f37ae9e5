import { describe, expect, it } from "vitest";
import {
  constantSchedule,
  cosineRestartSchedule,
  cosineSchedule,
  inverseSquareRootSchedule,
  linearSchedule,
  polynomialSchedule,
  relativeStepSchedule,
  type Schedule,
  withLinearEnd,
} from "./schedule.js";

const at = (schedule: Schedule, ...steps: number[]): number[] => steps.map(schedule);
const close = (actual: number[], expected: number[]): void => {
  expect(actual.length).toBe(expected.length);
  for (const [i, value] of actual.entries()) expect(value).toBeCloseTo(expected[i]!, 12);
};

describe("schedules", () => {
  it("warm up in a straight line, from 0 or from a part of the rate", () => {
    close(at(constantSchedule({ rate: 8, warmupSteps: 4 }), 0, 1, 3, 4, 100), [0, 2, 6, 8, 8]);
    close(at(constantSchedule({ rate: 8, warmupSteps: 4, warmupStart: 0.5 }), 0, 1, 4), [4, 5, 8]);
    close(at(constantSchedule({ rate: 8 }), 0, 9), [8, 8]);
  });

  it("fall in a straight line, and stay at their final rate", () => {
    const options = { rate: 10, warmupSteps: 2, totalSteps: 12 };
    close(at(linearSchedule(options), 1, 2, 7, 12, 13), [5, 10, 5, 0, 0]);
    close(at(linearSchedule({ ...options, finalRate: 2 }), 2, 7, 12, 99), [10, 6, 2, 2]);
  });

  it("fall as a power", () => {
    close(at(polynomialSchedule({ rate: 8, totalSteps: 4, power: 2 }), 0, 1, 2, 4, 5), [8, 4.5, 2, 0, 0]);
  });

  it("fall along a cosine, once or again and again", () => {
    const options = { rate: 1, totalSteps: 6 };
    close(at(cosineSchedule(options), 0, 2, 3, 4, 6, 7), [1, 0.75, 0.5, 0.25, 0, 0]);
    close(at(cosineSchedule({ ...options, cycles: 1 }), 0, 3, 6), [1, 0, 1]);
    close(at(cosineSchedule({ ...options, finalRate: 0.5 }), 0, 3, 6), [1, 0.75, 0.5]);
    close(at(cosineRestartSchedule({ ...options, cycles: 2 }), 0, 1, 2, 3, 4, 6), [1, 0.75, 0.25, 1, 0.75, 0]);
  });

  it("fall as T5's in pretraining: 0.01, from step 10,000 on 1 / √step", () => {
    const schedule = inverseSquareRootSchedule({ rate: 0.01, warmupSteps: 10_000, warmupStart: 1 });
    close(at(schedule, 0, 9_999, 10_000, 40_000, 1_000_000), [0.01, 0.01, 0.01, 0.005, 0.001]);
  });

  it("halve three time scales after the warm-up when they fall as 1 / √step", () => {
    const schedule = inverseSquareRootSchedule({ rate: 1, warmupSteps: 5, timescale: 100 });
    close(at(schedule, 0, 5, 305), [0, 1, 0.5]);
    close(at(inverseSquareRootSchedule({ rate: 1 }), 0, 30_000), [1, 0.5]);
  });

  it("give Adafactor's relative step", () => {
    close(at(relativeStepSchedule(), 0, 9_998, 39_999), [0.01, 0.01, 0.005]);
    close(at(relativeStepSchedule({ hasWarmup: true }), 0, 99, 999_999), [1e-6, 1e-4, 1e-3]);
  });

  it("end in a straight line where asked to", () => {
    const schedule = withLinearEnd((step) => 1 / (step + 1), { fromStep: 1, totalSteps: 5 });
    close(at(schedule, 0, 1, 3, 5, 6), [1, 0.5, 0.25, 0, 0]);
  });

  it("name the number that they can't be made of", () => {
    expect(() => constantSchedule({ rate: -1 })).toThrow("constantSchedule: rate: expected a number from 0, got -1");
    expect(() => linearSchedule({ rate: 1, warmupSteps: 5, totalSteps: 4 })).toThrow(
      "linearSchedule: totalSteps: expected a number from 5, got 4",
    );
    expect(() => cosineSchedule({ rate: 1, totalSteps: Number.NaN })).toThrow("cosineSchedule: totalSteps");
    expect(() => inverseSquareRootSchedule({ rate: 1, timescale: 0 })).toThrow("timescale");
  });
});
