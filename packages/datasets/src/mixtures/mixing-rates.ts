/** How much of a task a mixture has, before the rates are divided by their sum. */
export type MixingRates = Record<string, number>;

export type RateOptions = {
  /** Multiplied first. */
  scale?: number;
  /** Then the cap: T5's K, from 2^16 to 2^21. */
  maximum?: number;
  /** Then the root: 1 mixes in proportion to size, infinity equally. T5 has 2, mT5 1 / 0.3. */
  temperature?: number;
};

/** min(scale · n, maximum)^(1 / temperature), for a task of n examples. Raffel et al. 2020, section 3.5.2. */
export function mixingRate(numExamples: number, options: RateOptions = {}): number {
  const { scale = 1, maximum = Number.POSITIVE_INFINITY, temperature = 1 } = options;
  if (!(temperature > 0))
    throw new RangeError(`mixingRate: temperature: expected a number above 0, got ${temperature}`);
  return Math.min(numExamples * scale, maximum) ** (1 / temperature);
}

/** The rate of each task from its number of examples. */
export function mixingRates(numExamples: Readonly<Record<string, number>>, options: RateOptions = {}): MixingRates {
  return mapRates(numExamples, (n) => mixingRate(n, options));
}

/** The probabilities with which a mixture draws its tasks: the rates divided by their sum. */
export function mixingProbabilities(rates: Readonly<MixingRates>): MixingRates {
  const total = sumOfRates("mixingProbabilities", rates);
  return mapRates(rates, (rate) => rate / total);
}

/** A mixture's members, tasks or other mixtures, with their rates. */
export type Mixtures = Readonly<Record<string, readonly (readonly [member: string, rate: number])[]>>;

/**
 * The rates of the tasks in mixture `name`, inner mixtures resolved: an inner one hands its rate on in the proportions
 * of its own, and a task that comes twice gets the sum.
 *
 * @throws Error for a mixture that's empty, has no rate above 0 or contains itself.
 */
export function resolveMixture(mixtures: Mixtures, name: string, within: readonly string[] = []): MixingRates {
  if (within.includes(name)) {
    throw new Error(`resolveMixture: expected no mixture within itself, got ${[...within, name].join(" → ")}`);
  }
  const rates: MixingRates = {};
  const add = (task: string, rate: number) => {
    rates[task] = (rates[task] ?? 0) + rate;
  };
  for (const [member, rate] of mixtures[name] ?? []) {
    if (!(member in mixtures)) add(member, rate);
    else {
      const inner = mixingProbabilities(resolveMixture(mixtures, member, [...within, name]));
      for (const [task, probability] of Object.entries(inner)) add(task, rate * probability);
    }
  }
  sumOfRates(`resolveMixture: "${name}"`, rates);
  return rates;
}

function mapRates(rates: Readonly<MixingRates>, map: (rate: number) => number): MixingRates {
  return Object.fromEntries(Object.entries(rates).map(([task, rate]) => [task, map(rate)]));
}

function sumOfRates(where: string, rates: Readonly<MixingRates>): number {
  const all = Object.values(rates);
  const total = all.reduce((sum, rate) => sum + rate, 0);
  if (all.some((rate) => !(rate >= 0)) || !(total > 0 && Number.isFinite(total))) {
    throw new RangeError(`${where}: expected rates from 0, not all 0, got ${JSON.stringify(rates)}`);
  }
  return total;
}
