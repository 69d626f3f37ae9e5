import { CPU_BACKEND, leaves, selectBackend, type TensorTree, valueAndGrad } from "@t5ts/tensor-core";
import {
  type AdafactorOptions,
  type AdafactorState,
  adafactor,
  adamW,
  clipScale,
  type Optimizer,
  relativeStepSchedule,
  type Schedule,
  sumsOfSquares,
} from "@t5ts/trainer";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, expect } from "vitest";
import { expectClose, runVectors, type VectorCase } from "./run-vectors.js";

// biome-ignore lint/suspicious/noExplicitAny: the peers' names, whose values are checked by the results.
type Hyper = Record<string, any>;
type Params = { param: tf.Tensor };

beforeAll(() => selectBackend("cpu", [CPU_BACKEND]));

/** T5X's names and transformers' for what we call otherwise. */
const RENAMED: Record<string, (value: never) => AdafactorOptions> = {
  min_dim_size_to_factor: (minDimSizeToFactor) => ({ minDimSizeToFactor }),
  factored: (factored: boolean) => (factored ? {} : { minDimSizeToFactor: Number.POSITIVE_INFINITY }),
  decay_rate: (rate: number) => ({ decayRate: Math.abs(rate) }), // transformers gives the exponent itself
  step_offset: (stepOffset) => ({ stepOffset }),
  epsilon1: (epsilon1) => ({ epsilon1 }),
  epsilon2: (epsilon2) => ({ epsilon2 }),
  eps: ([epsilon1, epsilon2]: [number, number]) => ({ epsilon1, epsilon2 }),
  clipping_threshold: (clippingThreshold) => ({ clippingThreshold }),
  clip_threshold: (clippingThreshold) => ({ clippingThreshold }),
  beta1: (beta1: number | null) => (beta1 === null ? {} : { beta1 }),
  weight_decay_rate: (rate: number | null) => ({ weightDecay: rate ?? 0 }),
  weight_decay: (weightDecay) => ({ weightDecay }),
  weight_decay_rate_lr_exponent: (exponent: number | null) => (exponent ? { weightDecayRateExponent: exponent } : {}),
  multiply_by_parameter_scale: (hasParameterScale) => ({ hasParameterScale }),
  scale_parameter: (hasParameterScale) => ({ hasParameterScale }),
  max_parameter_scale: (scale: number | null) => (scale === null ? {} : { maxParameterScale: scale }),
};
/** Those that are the caller's and not the optimizer's. */
const ELSEWHERE = ["learning_rate", "lr", "global_norm_clip_threshold", "relative_step", "warmup_init"];

function makeAdafactor(hyper: Hyper): Optimizer<Params, AdafactorState> {
  const isTransformers = ["eps", "clip_threshold", "scale_parameter", "relative_step"].some((name) => name in hyper);
  const options = Object.entries(hyper).map(([name, value]) => {
    if (ELSEWHERE.includes(name)) return {};
    expect(RENAMED[name], `the option "${name}" of Adafactor`).toBeDefined();
    return RENAMED[name]!(value as never);
  });
  const dialect = isTransformers ? "transformers" : "t5x";
  return adafactor(Object.assign({ dialect, decays: () => true }, ...options));
}

function makeAdamW(
  { betas = [0.9, 0.999], eps = 1e-6, weight_decay = 0, correct_bias = true }: Hyper,
  isRmsScaled = false,
) {
  return adamW({
    dialect: "transformers",
    decays: () => true,
    beta1: betas[0],
    beta2: betas[1],
    epsilon: eps,
    weightDecay: weight_decay,
    hasBiasCorrection: correct_bias,
    isRmsScaled,
  });
}

/** The state under the names of T5X; null for what a parameter has none of. */
function t5xState({ row, column, full, mean }: AdafactorState): Record<string, tf.Tensor | null> {
  const only = (tree: TensorTree): tf.Tensor | null => leaves(tree)[0] ?? null;
  return { v_row: only(row), v_col: only(column), v: only(full), m: only(mean) };
}

function fromT5xState({ v_row, v_col, v, m }: Record<string, number[] | null>): AdafactorState {
  const tree = (values: number[] | null | undefined): TensorTree => ({ param: values ? tf.tensor(values) : undefined });
  return { row: tree(v_row), column: tree(v_col), full: tree(v), mean: tree(m) };
}

const numbers = (state: Record<string, tf.Tensor | null>) =>
  Object.fromEntries(Object.entries(state).map(([name, tensor]) => [name, tensor?.arraySync() ?? null]));

function clipFactor(grad: tf.Tensor, threshold: number | null | undefined): number {
  return threshold ? clipScale(Math.sqrt(sumsOfSquares(grad)[0]!.dataSync()[0]!), threshold) : 1;
}

function runTrajectory<S extends TensorTree>(testCase: VectorCase, optimizer: Optimizer<Params, S>): S {
  const { hyper, grads, params_after, learning_rates, tolerance = 1e-5 } = testCase;
  let params: Params = { param: tf.tensor(testCase.param) };
  let state = optimizer.init(params);
  for (const [step, values] of (grads as number[][]).entries()) {
    const grad = tf.tensor(values);
    const learningRate = learning_rates?.[step] ?? hyper.lr ?? hyper.learning_rate;
    const gradScale = clipFactor(grad, hyper.global_norm_clip_threshold);
    ({ params, state } = optimizer.update({ param: grad }, state, params, { step, learningRate, gradScale }));
    expectClose(params.param.arraySync(), params_after[step], tolerance, `params after step ${step}`);
  }
  return state;
}

runVectors("optimizers.json", {
  adafactor_step({ hyper, step, param, grad, state, new_param, new_state, tolerance = 1e-5 }) {
    const gradient = tf.tensor(grad);
    const next = makeAdafactor(hyper).update(
      { param: gradient },
      fromT5xState(state),
      { param: tf.tensor(param) },
      {
        step,
        learningRate: hyper.learning_rate ?? hyper.lr,
        gradScale: clipFactor(gradient, hyper.global_norm_clip_threshold),
      },
    );
    expectClose(next.params.param.arraySync(), new_param, tolerance, "param");
    expectClose(numbers(t5xState(next.state)), new_state, tolerance, "state");
  },

  adafactor_state_shapes({ shape, hyper, expected }) {
    const state = t5xState(makeAdafactor(hyper).init({ param: tf.zeros(shape) }));
    for (const [name, shape] of Object.entries(expected)) expect(state[name]?.shape ?? null, name).toEqual(shape);
  },

  adafactor_is_factored({ shape, factored, hyper = {}, min_dim_size_to_factor }) {
    const optimizer = makeAdafactor({
      ...hyper,
      ...(min_dim_size_to_factor === undefined ? {} : { min_dim_size_to_factor }),
    });
    expect(leaves(optimizer.init({ param: tf.zeros(shape) }).row).length === 1).toBe(factored);
  },

  adafactor_trajectory(testCase) {
    const state = runTrajectory(testCase, makeAdafactor(testCase.hyper));
    expectClose(numbers(t5xState(state)), testCase.final_state ?? null, testCase.tolerance ?? 1e-5, "final_state");
  },

  // The state is decay · 0 + (1 - decay) · grad², so a gradient of 1 shows the decay.
  adafactor_decay({ decay_rate, steps, expected, step_offset = 0, tolerance = 1e-6 }) {
    const optimizer = makeAdafactor({ decay_rate, step_offset });
    const decays = (steps as number[]).map((step) => {
      const params = { param: tf.ones([1]) };
      const place = { step, learningRate: 0, gradScale: 1 };
      const { state } = optimizer.update({ param: tf.ones([1]) }, optimizer.init(params), params, place);
      return 1 - leaves(state.full)[0]!.dataSync()[0]!;
    });
    expectClose(decays, expected, tolerance);
  },

  // Leaving an option out is the same as giving its default.
  adafactor_defaults({ expected }) {
    const given: Optimizer<Params, AdafactorState> = makeAdafactor(expected);
    const left: Optimizer<Params, AdafactorState> = adafactor({ dialect: "t5x", decays: () => true });
    const params: Params = { param: tf.reshape(tf.linspace(-1, 2, 128 * 130), [128, 130]) };
    const place = { step: 3, learningRate: 0.1, gradScale: 1 };
    const grads: Params = { param: tf.sin(tf.mul(params.param, 40)) };
    const [a, b] = [given, left].map((optimizer) => optimizer.update(grads, optimizer.init(params), params, place));
    expect(a!.params.param.arraySync()).toEqual(b!.params.param.arraySync());
    expect(numbers(t5xState(a!.state))).toEqual(numbers(t5xState(b!.state)));
    expect(leaves(a!.state.row)).toHaveLength(1);
  },

  adamw_trajectory(testCase) {
    runTrajectory(testCase, makeAdamW(testCase.hyper, testCase.rms_scaled));
  },

  optimizer_converges({ optimizer: name, hyper, start, target, steps, loss, tolerance = 1e-2 }) {
    expect(loss).toBe("mean squared error");
    const optimizer = (name === "adafactor" ? makeAdafactor(hyper) : makeAdamW(hyper)) as Optimizer<
      Params,
      TensorTree & object
    >;
    const schedule: Schedule = hyper.relative_step
      ? relativeStepSchedule({ hasWarmup: hyper.warmup_init })
      : () => hyper.lr;
    const goal = tf.tensor(target);
    const gradient = valueAndGrad(({ param }: Params) => tf.mean(tf.squaredDifference(param, goal)) as tf.Scalar);
    let params: Params = { param: tf.tensor(start) };
    let state = optimizer.init(params);
    for (let step = 0; step < steps; step++) {
      const { grads } = gradient(params);
      ({ params, state } = optimizer.update(grads, state, params, { step, learningRate: schedule(step) }));
    }
    expectClose(params.param.arraySync(), target, tolerance);
  },
});
