import { setTimeout as delay } from "node:timers/promises";

/**
 * How long nobody runs before a turn: threads of the one before, such as OpenBLAS's, go on looking for work for a tenth of
 * a second, and would take a core from the next, always the same.
 */
const SETTLE_MS = 200;

/** What one run says: how long it took, and facts that go with the measurement. */
export type RunReply = { seconds: number } & Record<string, unknown>;

/** Something that was started and does the same work each time it's told to. */
export type Runner = { run(): Promise<RunReply>; stop(): void };

/** How a candidate fared: the seconds of the rounds it took part in, or why it has none. */
export type Outcome<C> = { candidate: C } & (
  | { seconds: number[]; facts: Record<string, unknown> }
  | { reason: string }
);

export type RoundsOptions<C> = {
  start: (candidate: C) => Promise<Runner>;
  rounds: number;
  /** How long a candidate at least runs before it's measured, which is once or more. Default once. */
  warmUpMs?: number;
  /** A candidate takes part in fewer rounds, but one, if together they'd take longer than this. */
  limitMs: number;
  signal: AbortSignal;
  /** Called before each run; the first of a candidate, its warm-up, has no round. */
  onRun?: (candidate: C, round: number | undefined) => void;
};

/**
 * Measures candidates in turns: each is started and warmed up, then in every round each runs once.
 *
 * So what else the machine does hits all of them alike. The order moves on by one from round to round.
 *
 * @throws the signal's reason on abort
 */
export async function measureInRounds<C>(
  candidates: readonly C[],
  { start, rounds, warmUpMs = 0, limitMs, signal, onRun = () => {} }: RoundsOptions<C>,
): Promise<Outcome<C>[]> {
  const entrants = candidates.map((candidate) => ({ candidate, ...NOTHING_YET }) as Entrant<C>);
  const attempt = async (entrant: Entrant<C>, work: () => Promise<void>): Promise<void> => {
    if (entrant.reason !== undefined) return;
    signal.throwIfAborted();
    try {
      await work();
    } catch (error) {
      signal.throwIfAborted();
      entrant.reason = error instanceof Error ? error.message : String(error);
      entrant.runner?.stop();
    }
  };
  try {
    for (const entrant of entrants) {
      await attempt(entrant, async () => {
        onRun(entrant.candidate, undefined);
        entrant.runner = await start(entrant.candidate);
        const startedAt = performance.now();
        let runMs = 0;
        for (let now = startedAt, elapsedMs = -1; elapsedMs < warmUpMs && elapsedMs < limitMs; now += runMs) {
          await entrant.runner.run();
          runMs = performance.now() - now;
          elapsedMs = now + runMs - startedAt;
        }
        entrant.rounds = Math.max(1, Math.min(rounds, Math.floor(limitMs / runMs)));
      });
    }
    for (let round = 0; round < rounds; round++) {
      const turn = entrants.map((_, i) => entrants[(i + round) % entrants.length] as Entrant<C>);
      for (const entrant of turn.filter((entrant) => round < entrant.rounds)) {
        await attempt(entrant, async () => {
          onRun(entrant.candidate, round);
          await delay(SETTLE_MS, undefined, { signal });
          const { seconds, ...facts } = await (entrant.runner as Runner).run();
          entrant.seconds = [...entrant.seconds, seconds];
          entrant.facts = facts;
        });
      }
    }
  } finally {
    for (const { runner } of entrants) runner?.stop();
  }
  return entrants.map(({ candidate, reason, seconds, facts }) =>
    reason === undefined ? { candidate, seconds, facts } : { candidate, reason },
  );
}

type Entrant<C> = {
  candidate: C;
  runner: Runner | undefined;
  rounds: number;
  seconds: number[];
  facts: Record<string, unknown>;
  reason: string | undefined;
};

const NOTHING_YET = { runner: undefined, rounds: 0, seconds: [], facts: {}, reason: undefined };
