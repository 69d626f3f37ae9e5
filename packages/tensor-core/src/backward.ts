import * as tf from "@tensorflow/tfjs-core";

/** An operation that was recorded: what tfjs's engine keeps of it. */
type TapeNode = {
  kernelName: string;
  inputs: Record<string, tf.Tensor>;
  outputs: tf.Tensor[];
  /** Copies for the gradient, the tape's to dispose. */
  saved: tf.Tensor[];
  /** Takes the gradients of the outputs; gives a function for each input. */
  gradient?: (dys: (tf.Tensor | null)[]) => Record<string, () => tf.Tensor>;
};

/** The part of tfjs's engine that its own `gradients` is made of. */
type TapeEngine = {
  state: { activeTape: TapeNode[] | null; gradientDepth: number };
  startTape(): void;
  endTape(): void;
  nextTensorId(): number;
};

/**
 * `f()` and its gradient with respect to each of `xs`, `undefined` where it doesn't depend on one. All are the caller's.
 *
 * As tfjs's `engine().gradients`, with the same tape and the same registered gradients, but what the backward pass has
 * used is freed at once: the activations and the gradients of operations that are done with. tfjs keeps all of them to
 * the end, which is more than a training step needs for anything else.
 *
 * @param dy The gradient of what is wanted with respect to `f()`. Default: ones.
 */
export function gradients(
  f: () => tf.Tensor,
  xs: readonly tf.Tensor[],
  dy?: tf.Tensor,
): { value: tf.Tensor; grads: (tf.Tensor | undefined)[] } {
  const engine = tf.engine() as unknown as TapeEngine;
  if (engine.state.gradientDepth > 0) {
    // Another gradient is taken of this one, which needs all of it on its own tape.
    const { value, grads } = tf.engine().gradients(f, xs as tf.Tensor[], dy, true);
    return { value, grads: grads.map((grad) => grad ?? undefined) };
  }
  const outer = engine.state.activeTape;
  let tape: TapeNode[] = [];
  let value: tf.Tensor | undefined;
  try {
    engine.startTape();
    tape = engine.state.activeTape as TapeNode[];
    try {
      value = tf.tidy(f);
    } finally {
      engine.endTape();
      engine.state.activeTape = outer;
    }
    const y = value;
    const grads = tf.tidy(() => walkBack(tape, xs, y, dy) as tf.TensorContainer) as (tf.Tensor | undefined)[];
    return { value, grads };
  } catch (error) {
    value?.dispose();
    throw error;
  } finally {
    for (const node of tape) tf.dispose(node.saved);
  }
}

function walkBack(
  tape: readonly TapeNode[],
  xs: readonly tf.Tensor[],
  y: tf.Tensor,
  dy: tf.Tensor | undefined,
): (tf.Tensor | undefined)[] {
  const wanted = new Set(xs.map(({ id }) => id));
  const reached = reachedFrom(tape, wanted);
  const grads = new Accumulator();
  grads.add(y.id, dy === undefined ? tf.onesLike(y) : tf.clone(dy));
  for (let i = tape.length - 1; i >= 0; i--) {
    const node = tape[i] as TapeNode;
    const inputs = Object.entries(node.inputs).filter(([, { id }]) => reached.has(id));
    const dys = node.outputs.map(({ id }) => grads.get(id) ?? null);
    if (inputs.length > 0 && dys.some((dy) => dy !== null)) {
      for (const [x, dx] of gradientsOfNode(node, inputs, dys)) grads.add(x.id, dx);
    }
    for (const { id } of node.outputs) if (!wanted.has(id)) grads.drop(id);
    tf.dispose(node.saved);
  }
  return xs.map(({ id }) => grads.take(id));
}

/** The ids of `from` and of all tensors that depend on one of those. */
function reachedFrom(tape: readonly TapeNode[], from: ReadonlySet<number>): Set<number> {
  const reached = new Set(from);
  for (const { inputs, outputs } of tape) {
    if (Object.values(inputs).some(({ id }) => reached.has(id))) for (const { id } of outputs) reached.add(id);
  }
  return reached;
}

function gradientsOfNode(
  { kernelName, gradient }: TapeNode,
  inputs: readonly [name: string, x: tf.Tensor][],
  dys: (tf.Tensor | null)[],
): [x: tf.Tensor, dx: tf.Tensor][] {
  if (gradient === undefined) throw new Error(`gradient: ${kernelName} has none`);
  const firstId = (tf.engine() as unknown as TapeEngine).nextTensorId();
  const dxs = tf.tidy(() => {
    const functions = gradient(dys);
    return inputs.map(([name, x]) => {
      const dx = tf.tidy(() => functions[name]?.() as tf.Tensor);
      if (dx === undefined) throw new Error(`gradient: ${kernelName} has none for its input ${name}`);
      if (dx.dtype !== "float32" || dx.shape.join() !== x.shape.join()) {
        const got = `${dx.dtype} [${dx.shape.join(", ")}]`;
        throw new Error(`gradient: ${kernelName}, input ${name}: expected float32 [${x.shape.join(", ")}], got ${got}`);
      }
      // What isn't of this pass, as a tensor that was saved, isn't ours to free.
      return dx.id > firstId || dys.includes(dx) ? dx : tf.clone(dx);
    });
  });
  return inputs.map(([, x], i) => [x, dxs[i] as tf.Tensor]);
}

/** Sums of gradients by the id of what they are for. Several may be one tensor, as those of the two sides of a sum are. */
class Accumulator {
  readonly #sums = new Map<number, tf.Tensor>();
  readonly #holders = new Map<tf.Tensor, number>();

  get(id: number): tf.Tensor | undefined {
    return this.#sums.get(id);
  }

  add(id: number, dx: tf.Tensor): void {
    this.#hold(dx);
    const before = this.#sums.get(id);
    if (before === undefined) {
      this.#sums.set(id, dx);
      return;
    }
    const sum = tf.add(before, dx);
    this.#hold(sum);
    this.#sums.set(id, sum);
    this.#release(before);
    this.#release(dx);
  }

  /** Forgets the sum. */
  drop(id: number): void {
    const sum = this.#sums.get(id);
    if (sum === undefined) return;
    this.#sums.delete(id);
    this.#release(sum);
  }

  /** The sum as a tensor that nobody else has. */
  take(id: number): tf.Tensor | undefined {
    const sum = this.#sums.get(id);
    return sum === undefined ? undefined : tf.clone(sum);
  }

  #hold(tensor: tf.Tensor): void {
    this.#holders.set(tensor, (this.#holders.get(tensor) ?? 0) + 1);
  }

  #release(tensor: tf.Tensor): void {
    const left = (this.#holders.get(tensor) as number) - 1;
    if (left > 0) {
      this.#holders.set(tensor, left);
      return;
    }
    this.#holders.delete(tensor);
    tensor.dispose();
  }
}
