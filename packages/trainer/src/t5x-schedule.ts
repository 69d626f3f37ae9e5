import type { Schedule } from "./schedule.js";

/** The parameters of T5X's schedule, with its names and defaults. */
export type T5xScheduleOptions = {
  /** Factors with `*` between them. Default `constant * linear_warmup * rsqrt_decay`. */
  factors?: string;
  /** Default 0.5. */
  baseLearningRate?: number;
  /** Default 1000. */
  warmupSteps?: number;
  /** Default 0.5. */
  decayFactor?: number;
  /** Default 20,000. */
  stepsPerDecay?: number;
  /** Default 100,000. */
  stepsPerCycle?: number;
  /** Default 0. */
  stepOffset?: number;
  /** Default 1e-8. */
  minLearningRate?: number;
};

/**
 * A product of factors, as T5X configurations give it: `t5xSchedule({ factors: "constant * rsqrt_decay", … })`.
 *
 * | factor                   | is                                                                             |
 * | ------------------------ | ------------------------------------------------------------------------------ |
 * | `constant`               | baseLearningRate                                                               |
 * | `linear_warmup`          | step / warmupSteps, at most 1                                                  |
 * | `linear_decay`           | baseLearningRate · the lesser of the warm-up and 1 - decayFactor · (step - warmupSteps) |
 * | `rsqrt_decay`            | 1 / √(the greater of step and warmupSteps)                                     |
 * | `rsqrt_normalized_decay` | the same · √warmupSteps                                                        |
 * | `decay_every`            | decayFactor^(whole stepsPerDecay so far)                                       |
 * | `cosine_decay`           | from 1 to 0 every stepsPerCycle after the warm-up, then from 1 again           |
 *
 * @throws RangeError for another factor.
 */
export function t5xSchedule({
  factors = "constant * linear_warmup * rsqrt_decay",
  baseLearningRate = 0.5,
  warmupSteps = 1000,
  decayFactor = 0.5,
  stepsPerDecay = 20_000,
  stepsPerCycle = 100_000,
  stepOffset = 0,
  minLearningRate = 1e-8,
}: T5xScheduleOptions = {}): Schedule {
  const known: Record<string, Schedule> = {
    constant: () => baseLearningRate,
    linear_warmup: (step) => Math.min(1, step / warmupSteps),
    linear_decay: (step) => baseLearningRate * Math.min(step / warmupSteps, 1 - decayFactor * (step - warmupSteps)),
    rsqrt_decay: (step) => 1 / Math.sqrt(Math.max(step, warmupSteps)),
    rsqrt_normalized_decay: (step) => Math.sqrt(warmupSteps / Math.max(step, warmupSteps)),
    decay_every: (step) => decayFactor ** Math.floor(step / stepsPerDecay),
    cosine_decay: (step) => (1 + Math.cos(Math.PI * ((Math.max(0, step - warmupSteps) / stepsPerCycle) % 1))) / 2,
  };
  const product = factors.split("*").map((factor): Schedule => {
    const found = known[factor.trim()];
    if (found) return found;
    throw new RangeError(
      `t5xSchedule: factors: expected some of ${Object.keys(known).join(", ")}, got "${factor.trim()}"`,
    );
  });
  return (step) => {
    const own = Math.max(0, step - stepOffset);
    const rate = product.reduce((rate, factor) => rate * factor(own), 1);
    return Math.max(rate, minLearningRate);
  };
}
