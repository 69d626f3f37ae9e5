/** The learning rate as a function of the steps made so far: 0 gives the rate of the first step. */
export type Schedule = (step: number) => number;

export type WarmupOptions = {
  /** The rate at the end of the warm-up. */
  rate: number;
  /** Steps of linear warm-up. Default 0. */
  warmupSteps?: number;
  /** Where the warm-up begins, as a fraction of `rate`. 1 holds the rate instead. Default 0. */
  warmupStart?: number;
};

export type DecayOptions = WarmupOptions & {
  /** Steps of the whole schedule, warm-up included. After them the rate is `finalRate`. */
  totalSteps: number;
  /** Default 0. */
  finalRate?: number;
};

/** Warm-up, then one rate. T5 is fine-tuned with 1e-3 throughout. */
export function constantSchedule(options: WarmupOptions): Schedule {
  return withWarmup("constantSchedule", options, () => options.rate);
}

/** Warm-up, then straight down to `finalRate`. */
export function linearSchedule(options: DecayOptions): Schedule {
  return withDecay("linearSchedule", options, (progress) => 1 - progress);
}

/** Warm-up, then down to `finalRate` as (1 - progress)^`power`. */
export function polynomialSchedule({ power, ...options }: DecayOptions & { power: number }): Schedule {
  return withDecay("polynomialSchedule", options, (progress) => (1 - progress) ** power);
}

/**
 * Warm-up, then down to `finalRate` along a cosine.
 *
 * @param options.cycles Periods of the cosine: with 1 the rate comes up again. Default 0.5.
 */
export function cosineSchedule({ cycles = 0.5, ...options }: DecayOptions & { cycles?: number }): Schedule {
  return withDecay("cosineSchedule", options, (progress) => (1 + Math.cos(2 * Math.PI * cycles * progress)) / 2);
}

/** As `cosineSchedule`, `cycles` times over: each begins at `rate` (Loshchilov and Hutter 2017). */
export function cosineRestartSchedule({ cycles, ...options }: DecayOptions & { cycles: number }): Schedule {
  return withDecay("cosineRestartSchedule", options, (progress) =>
    progress < 1 ? (1 + Math.cos(Math.PI * ((cycles * progress) % 1))) / 2 : 0,
  );
}

/**
 * Warm-up, then falling as 1 / √step, without end.
 *
 * T5 is pretrained with `{ rate: 0.01, warmupSteps: 10_000, warmupStart: 1 }`: 0.01 for 10,000 steps, then 1 / √step.
 *
 * @param options.timescale The rate falls to a half 3 · `timescale` steps after the warm-up. Default `warmupSteps`, or
 *   10,000 without warm-up.
 */
export function inverseSquareRootSchedule(options: WarmupOptions & { timescale?: number }): Schedule {
  const { rate, warmupSteps = 0, timescale = warmupSteps || 10_000 } = options;
  checkNumber("inverseSquareRootSchedule: timescale", timescale, Number.MIN_VALUE);
  return withWarmup("inverseSquareRootSchedule", options, (step) =>
    step < warmupSteps ? rate : rate / Math.sqrt((step - warmupSteps + timescale) / timescale),
  );
}

/**
 * The step that Adafactor takes without a learning rate: 0.01 at most, 1 / √step later (Shazeer and Stern 2018).
 *
 * @param options.hasWarmup Begin with 1e-6 · step instead of 0.01.
 */
export function relativeStepSchedule({ hasWarmup = false }: { hasWarmup?: boolean } = {}): Schedule {
  return (step) => Math.min(hasWarmup ? 1e-6 * (step + 1) : 1e-2, 1 / Math.sqrt(step + 1));
}

/** `schedule` until `fromStep`, then straight from its value there down to 0 at `totalSteps`. */
export function withLinearEnd(
  schedule: Schedule,
  { fromStep, totalSteps }: { fromStep: number; totalSteps: number },
): Schedule {
  checkNumber("withLinearEnd: fromStep", fromStep, 0);
  checkNumber("withLinearEnd: totalSteps", totalSteps, fromStep);
  return (step) => {
    if (step < fromStep) return schedule(step);
    return step >= totalSteps ? 0 : (schedule(fromStep) * (totalSteps - step)) / (totalSteps - fromStep);
  };
}

function withWarmup(name: string, options: WarmupOptions, after: Schedule): Schedule {
  const { rate, warmupSteps = 0, warmupStart = 0 } = options;
  checkNumber(`${name}: rate`, rate, 0);
  checkNumber(`${name}: warmupSteps`, warmupSteps, 0);
  checkNumber(`${name}: warmupStart`, warmupStart, 0);
  return (step) => {
    if (step >= warmupSteps) return after(step);
    return rate * (warmupStart + (1 - warmupStart) * (step / warmupSteps));
  };
}

/** @param shape From 0, where it's 1, to 1. */
function withDecay(name: string, options: DecayOptions, shape: (progress: number) => number): Schedule {
  const { rate, warmupSteps = 0, totalSteps, finalRate = 0 } = options;
  checkNumber(`${name}: totalSteps`, totalSteps, warmupSteps);
  checkNumber(`${name}: finalRate`, finalRate, 0);
  return withWarmup(name, options, (step) => {
    if (step > totalSteps || totalSteps === warmupSteps) return finalRate;
    return finalRate + (rate - finalRate) * shape((step - warmupSteps) / (totalSteps - warmupSteps));
  });
}

function checkNumber(what: string, value: number, least: number): void {
  if (!(value >= least && value < Number.POSITIVE_INFINITY)) {
    throw new RangeError(`${what}: expected a number from ${least}, got ${value}`);
  }
}
