import { describe, expect, it } from "vitest";
import { meshSchedule } from "./mesh-schedule.js";

describe("meshSchedule", () => {
  it("holds 0.01, falls as 1 / √step, and ends at 0 in a straight line", () => {
    const rate = meshSchedule({ totalSteps: 1_000_000 });
    expect([0, 9_999, 10_000, 40_000].map(rate)).toEqual([0.01, 0.01, 0.01, 0.005]);
    expect(rate(900_000)).toBeCloseTo(1 / Math.sqrt(900_000), 12);
    // Half of the last tenth is left.
    expect(rate(950_000)).toBeCloseTo(0.5 / Math.sqrt(950_000), 12);
    expect(rate(1_000_000)).toBe(0);
  });

  it("counts from the offset", () => {
    const rate = meshSchedule({ totalSteps: 100_000, offset: 1_000_000 });
    expect(rate(1_040_000)).toBe(0.005);
  });

  it("falls without end where the fraction is 0", () => {
    expect(meshSchedule({ totalSteps: 100, linearDecayFraction: 0, multiplier: 2 })(1_000_000)).toBe(0.002);
  });

  it("refuses options out of bounds by name", () => {
    expect(() => meshSchedule({ totalSteps: 0 })).toThrow("meshSchedule: totalSteps: expected a number above 0, got 0");
    expect(() => meshSchedule({ totalSteps: 1, linearDecayFraction: Number.NaN })).toThrow("linearDecayFraction");
  });
});
