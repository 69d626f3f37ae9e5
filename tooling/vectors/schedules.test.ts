import {
  constantSchedule,
  cosineRestartSchedule,
  cosineSchedule,
  inverseSquareRootSchedule,
  linearSchedule,
  meshSchedule,
  polynomialSchedule,
  type Schedule,
  t5xSchedule,
  withLinearEnd,
} from "@t5ts/trainer";
import { expectClose, runVectors, type VectorCase } from "./run-vectors.js";

type Args = Record<string, number>;

/** transformers' schedules by a word of their names; the first that fits. The fields alone don't tell them apart. */
const TRANSFORMERS: [name: RegExp, make: (args: Args, rate: number) => Schedule][] = [
  [/restart/, (args, rate) => cosineRestartSchedule({ ...decay(args, rate), cycles: args.num_cycles ?? 1 })],
  [/cosine/, (args, rate) => cosineSchedule({ ...decay(args, rate), ...defined("cycles", args.num_cycles) })],
  [
    /polynomial/,
    (args, rate) =>
      polynomialSchedule({ ...decay(args, rate), power: args.power ?? 1, finalRate: args.lr_end ?? 1e-7 }),
  ],
  [/linear/, (args, rate) => linearSchedule(decay(args, rate))],
  [
    /sqrt/,
    (args, rate) => inverseSquareRootSchedule({ ...warmup(args, rate), ...defined("timescale", args.timescale) }),
  ],
  [/constant/, (args, rate) => constantSchedule(warmup(args, rate))],
];

const FAMILIES: Record<string, (testCase: VectorCase) => Schedule> = {
  transformers({ id, name, args, base_lr }) {
    const title = String(args.name ?? name ?? id);
    const found = TRANSFORMERS.find(([word]) => word.test(title));
    if (!found) throw new Error(`no schedule of transformers for "${title}"`);
    return found[1](args, base_lr);
  },
  t5x: ({ args }) => t5xSchedule(camelCase(args)),
  nanot5_legacy({ args }) {
    const pretraining = inverseSquareRootSchedule({ rate: 0.01, warmupSteps: 10_000, warmupStart: 1 });
    return withLinearEnd(pretraining, { fromStep: Math.ceil(args.total_steps * 0.9), totalSteps: args.total_steps });
  },
  nanot5_cosine: ({ args }) =>
    cosineSchedule({
      rate: args.base_lr,
      warmupSteps: args.warmup_steps,
      warmupStart: 0.5,
      totalSteps: args.total_steps,
      finalRate: args.final,
    }),
};

function mesh({ args }: VectorCase): Schedule {
  const { train_steps, total_train_steps, total_steps, ...rest } = args as Args;
  const totalSteps = (total_train_steps ?? train_steps ?? total_steps) as number;
  return meshSchedule({ totalSteps, ...camelCase(rest) });
}

runVectors("schedules.json", {
  schedule(testCase) {
    const make = /mesh|noam/.test(testCase.family) ? mesh : FAMILIES[testCase.family];
    if (!make) throw new Error(`no schedules of the family "${testCase.family}"`);
    expectClose(testCase.steps.map(make(testCase)), testCase.expected, testCase.tolerance ?? 1e-9);
  },
});

function warmup(args: Args, rate: number): { rate: number; warmupSteps: number } {
  return { rate, warmupSteps: args.num_warmup_steps ?? 0 };
}

function decay(args: Args, rate: number): { rate: number; warmupSteps: number; totalSteps: number } {
  return { ...warmup(args, rate), totalSteps: args.num_training_steps! };
}

function defined<K extends string>(key: K, value: number | undefined): { [key in K]?: number } {
  return value === undefined ? {} : ({ [key]: value } as { [key in K]: number });
}

function camelCase(args: Record<string, unknown>): Record<string, never> {
  const rename = (name: string): string => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return Object.fromEntries(Object.entries(args).map(([name, value]) => [rename(name), value])) as Record<
    string,
    never
  >;
}
