import type { Schedule } from "./schedule.js";

/** The parameters of Mesh TensorFlow's schedule, with its defaults. */
export type MeshScheduleOptions = {
  /** Steps of the whole training. */
  totalSteps: number;
  /** Steps before the rate begins to fall. Default 10,000. */
  warmupSteps?: number;
  /** Fraction of the training, at its end, in which the rate goes to 0 in a straight line; 0 for none. Default 0.1. */
  linearDecayFraction?: number;
  /** Default 1. */
  multiplier?: number;
  /** Steps made before, by a pretraining that this one goes on from. Default 0. */
  offset?: number;
};

/**
 * Holds the rate, lets it fall as 1 / √step, and takes it to 0 at the end: what T5 was first pretrained with, and what
 * its configurations mean when they name no schedule.
 *
 * multiplier / √max(step, warmupSteps) · min(1, (totalSteps - step) / (totalSteps · linearDecayFraction))
 *
 * @throws RangeError for an option out of bounds.
 *
 * Mesh TensorFlow, `learning_rate_schedule_noam`.
 */
export function meshSchedule({
  totalSteps,
  warmupSteps = 10_000,
  linearDecayFraction = 0.1,
  multiplier = 1,
  offset = 0,
}: MeshScheduleOptions): Schedule {
  for (const [name, value] of Object.entries({ totalSteps, warmupSteps })) {
    if (!(value > 0 && Number.isFinite(value))) {
      throw new RangeError(`meshSchedule: ${name}: expected a number above 0, got ${value}`);
    }
  }
  if (!(linearDecayFraction >= 0 && linearDecayFraction <= 1)) {
    throw new RangeError(
      `meshSchedule: linearDecayFraction: expected a number from 0 to 1, got ${linearDecayFraction}`,
    );
  }
  return (step) => {
    const own = step - offset;
    const rate = multiplier / Math.sqrt(Math.max(own, warmupSteps));
    if (linearDecayFraction === 0) return rate;
    return rate * Math.min(1, (totalSteps - own) / (totalSteps * linearDecayFraction));
  };
}
