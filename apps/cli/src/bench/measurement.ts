import type { Candidate } from "./contender.js";
import { median, medianRatio } from "./median.js";
import type { Outcome } from "./rounds.js";
import { TRAIN_BATCH, type Work } from "./work.js";

/** How someone did some work, or why not. The names are those of the line of JSON. */
export type Measurement = {
  peer: string;
  backend: string;
  threads: number;
  size: string;
  what: string;
} & (Measured | { reason: string });

export type Measured = {
  /** The median of the rounds. */
  seconds: number;
  rounds: number;
  /** How many times as long as `ratio_to` it took: the median over the rounds. */
  ratio?: number;
  ratio_to?: string;
  tokens_per_s?: number;
  gflops?: number;
  mb_per_s?: number;
  peak_rss_mb?: number;
  /** Of a tokenizer: how many it made of the text. */
  tokens?: number;
};

/** What the outcomes of some work say. They're compared with the first of ours that has one, or else with the first. */
export function toMeasurements(work: Work, outcomes: readonly Outcome<Candidate>[]): Measurement[] {
  const measured = outcomes.filter((outcome) => "seconds" in outcome);
  const reference = measured.find(({ candidate }) => candidate.contender.isOurs) ?? measured[0];
  const { contender: compared } = reference?.candidate ?? {};
  return outcomes.map((outcome) => {
    const { contender, threads } = outcome.candidate;
    const { peer, backend } = contender;
    const place = { peer, backend, threads, size: work.size, what: work.what };
    if ("reason" in outcome) return { ...place, reason: outcome.reason };
    const seconds = median(outcome.seconds);
    const ratio = reference && medianRatio(outcome.seconds, reference.seconds);
    return {
      ...place,
      seconds: rounded(seconds),
      ...speed(work, seconds, outcome.facts),
      ...pickNumbers(outcome.facts, ["peak_rss_mb", "tokens"]),
      rounds: outcome.seconds.length,
      ...(ratio === undefined ? {} : { ratio: rounded(ratio), ratio_to: `${compared?.peer} ${compared?.backend}` }),
    };
  });
}

/** Work in a second, in the unit that is usual for it. */
function speed(work: Work, seconds: number, facts: Record<string, unknown>): Partial<Measured> {
  if (work.kind === "gemm") {
    const { batch, m, k, n } = work.gemm;
    return { gflops: rounded((2 * batch * m * k * n) / seconds / 1e9) };
  }
  if (work.kind === "tokenizer") return { mb_per_s: rounded((facts.bytes as number) / seconds / 1e6) };
  if (work.what === "train_step") {
    const { batch, inputLength, targetLength } = TRAIN_BATCH;
    return { tokens_per_s: rounded((batch * (inputLength + targetLength)) / seconds) };
  }
  return work.what.startsWith("generate32") ? { tokens_per_s: rounded(32 / seconds) } : {};
}

function pickNumbers<K extends string>(
  facts: Record<string, unknown>,
  names: readonly K[],
): Partial<Record<K, number>> {
  const picked = names.filter((name) => typeof facts[name] === "number").map((name) => [name, facts[name]]);
  return Object.fromEntries(picked) as Partial<Record<K, number>>;
}

/** Four digits: more than a measurement has. */
function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
