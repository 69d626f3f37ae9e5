import {
  concatTokens,
  denoise,
  dropNoiseTokens,
  dropNonnoiseTokens,
  iidNoiseMask,
  type NoiseMask,
  noiseCounts,
  noiseSpanToSentinel,
  noiseSpanToUniqueSentinel,
  noiseTokenToGatheredToken,
  noiseTokenToRandomToken,
  noiseTokenToRandomTokenOrSentinel,
  noiseTokenToSentinel,
  nonnoiseSpanToSentinel,
  nonnoiseSpanToUniqueSentinel,
  PREFIX_LM,
  permuteNoiseTokens,
  planSpanCorruption,
  randomPrefixNoiseMask,
  randomRegularNoiseMask,
  randomSpansNoiseMask,
  regularNoiseMask,
  rollMask,
  roundHalfToEven,
  spanCorruption,
  spansToMask,
  splitTokens,
  t5RandomIds,
  t5SentinelIds,
  trimTokensAtFront,
  truncateAroundAnswer,
} from "@t5ts/datasets";
import { createRng } from "@t5ts/random";
import { expect } from "vitest";
import { runVectors, type VectorCase } from "./run-vectors.js";

const SEEDS = 50;

const END = 1;

runVectors("span_corruption.json", {
  random_spans_helper: (c) => {
    const plan = planSpanCorruption({
      inputLength: c.inputs_length,
      ...noise(c),
      sentinelsPerSpan: { inputs: c.extra_tokens_per_span_inputs, targets: c.extra_tokens_per_span_targets },
      roll: false,
    });
    expect(plan).toEqual({ rawLength: c.tokens_length, targetLength: c.targets_length });
  },

  noise_token_to_sentinel: (c) => {
    expect(noiseTokenToSentinel(c.tokens, mask(c), c.vocab_size - 1)).toEqual(c.expected);
  },
  noise_span_to_sentinel: (c) => {
    expect(noiseSpanToSentinel(c.tokens, mask(c), c.vocab_size - 1)).toEqual(c.expected);
  },
  nonnoise_span_to_sentinel: (c) => {
    expect(nonnoiseSpanToSentinel(c.tokens, mask(c), c.vocab_size - 1)).toEqual(c.expected);
  },
  noise_span_to_unique_sentinel: (c) => {
    expect(noiseSpanToUniqueSentinel(c.tokens, mask(c), unguardedSentinels(c))).toEqual(c.expected);
  },
  nonnoise_span_to_unique_sentinel: (c) => {
    expect(nonnoiseSpanToUniqueSentinel(c.tokens, mask(c), unguardedSentinels(c))).toEqual(c.expected);
  },
  drop_noise_tokens: (c) => expect(dropNoiseTokens(c.tokens, mask(c))).toEqual(c.expected),
  drop_nonnoise_tokens: (c) => expect(dropNonnoiseTokens(c.tokens, mask(c))).toEqual(c.expected),

  // The expected values of draws are TensorFlow's: what any generator must give is compared.
  permute_noise_tokens: (c) => {
    const permuted = permuteNoiseTokens(c.tokens, mask(c), createRng(1));
    expectKeptTokens(c, permuted);
    expect([...permuted].sort()).toEqual([...c.tokens].sort());
  },
  noise_token_to_gathered_token: (c) => {
    const gathered = noiseTokenToGatheredToken(c.tokens, mask(c), createRng(1));
    expectKeptTokens(c, gathered);
    expect(gathered.every((id) => c.tokens.includes(id))).toBe(true);
  },
  noise_token_to_random_token: (c) => {
    const random = noiseTokenToRandomToken(c.tokens, mask(c), t5RandomIds(c.vocab_size), createRng(1));
    expectKeptTokens(c, random);
    expect(random.every((id, i) => !mask(c)[i] || (id >= 3 && id < c.vocab_size))).toBe(true);
  },
  noise_token_to_random_token_property: (c) => {
    const length = 50 * (c.highest - c.lowest);
    const ids = new Array<number>(length).fill(0);
    const everything = new Array<boolean>(length).fill(true);
    const drawn = noiseTokenToRandomToken(ids, everything, t5RandomIds(c.vocab_size), createRng(2));
    expect([lowest(drawn), highest(drawn)]).toEqual([c.lowest, c.highest]);
  },
  noise_token_to_random_token_or_sentinel: (c) => {
    const options = {
      randomProbability: c.random_prob,
      randomIds: t5RandomIds(c.vocab_size),
      sentinelId: c.vocab_size - 1,
    };
    let sentinels = 0;
    for (let seed = 0; seed < SEEDS; seed++) {
      const result = noiseTokenToRandomTokenOrSentinel(c.tokens, mask(c), options, createRng(seed));
      expectKeptTokens(c, result);
      sentinels += result.filter((id, i) => mask(c)[i] && id === c.vocab_size - 1).length;
    }
    const trials = SEEDS * mask(c).filter(Boolean).length;
    const deviation = Math.sqrt(trials * c.random_prob * (1 - c.random_prob)) + 1;
    expect(Math.abs(sentinels - trials * (1 - c.random_prob))).toBeLessThan(4 * deviation);
  },

  denoise: (c) => {
    const sentinels = unguardedSentinels(c);
    const objective = {
      mask: () => mask(c),
      inputs: (ids: readonly number[], noise: NoiseMask) => noiseSpanToUniqueSentinel(ids, noise, sentinels),
      targets: (ids: readonly number[], noise: NoiseMask) => nonnoiseSpanToUniqueSentinel(ids, noise, sentinels),
    };
    const { inputIds, labels } = denoise(c.tokens, objective, END, createRng(0));
    expect({ inputIds, labels }).toEqual({ inputIds: [...c.inputs, END], labels: [...c.targets, END] });
  },
  prefix_lm_property: (c) => {
    const ids = Array.from({ length: c.num_tokens }, (_, i) => i + 2);
    const splits = new Set<number>();
    for (let seed = 0; seed < SEEDS; seed++) {
      const { inputIds, labels } = denoise(ids, PREFIX_LM, END, createRng(seed));
      expect([...inputIds.slice(0, -1), ...labels.slice(0, -1)]).toEqual(ids);
      expect(inputIds.length).toBeLessThanOrEqual(c.inputs_length);
      expect(labels.length).toBeLessThanOrEqual(c.targets_length);
      splits.add(inputIds.length);
    }
    expect(splits.size).toBeGreaterThan(1);
  },

  random_spans_noise_mask: (c) => {
    for (let seed = 0; seed < SEEDS; seed++) {
      const drawn = randomSpansNoiseMask(c.length, { ...noise(c), roll: false }, createRng(seed));
      expect(summary(drawn)).toEqual(summary(c.expected.map(Boolean)));
    }
  },
  random_spans_noise_mask_counts: (c) => {
    const counts = noiseCounts(c.length, noise(c));
    // More spans than there are kept tokens: T5 fails there, we hide the tokens in as many spans as fit.
    const numNoiseSpans = Math.min(c.num_noise_spans, Math.max(c.length, 2) - c.num_noise_tokens);
    expect(counts).toEqual({ numNoiseTokens: c.num_noise_tokens, numNoiseSpans });
    // A text of one token is planned as two are, and cut: what is left is kept.
    const isCut = c.length < 2;
    for (let seed = 0; seed < SEEDS; seed++) {
      expect(summary(randomSpansNoiseMask(c.length, { ...noise(c), roll: false }, createRng(seed)))).toEqual({
        length: c.length,
        noiseTokens: isCut ? 0 : c.num_noise_tokens,
        noiseSpans: isCut ? 0 : numNoiseSpans,
        startsWithNoise: c.starts_with_noise,
        endsWithNoise: isCut ? false : c.ends_with_noise,
      });
    }
  },
  num_noise_tokens_rounding: (c) => {
    const { numNoiseTokens } = noiseCounts(c.length, { noiseDensity: c.noise_density, meanNoiseSpanLength: 3 });
    expect(numNoiseTokens).toBe(c.float32_half_even);
    expect(roundHalfToEven(c.length * c.noise_density)).toBe(c.float64_half_even);
  },
  regular_noise_mask_count: (c) => {
    const { noise_density: noiseDensity, min_span_length: minSpanLength, max_span_length: maxSpanLength } = c;
    for (let seed = 0; seed < SEEDS; seed++) {
      const noise = { noiseDensity, minSpanLength, maxSpanLength };
      const drawn = randomRegularNoiseMask(c.length, noise, createRng(seed));
      expect(drawn.filter(Boolean).length).toBe(c.num_noise_tokens);
    }
  },
  roll_mask: (c) => expect(rollMask(mask({ ...c, noise_mask: c.mask }), c.shift).map(Number)).toEqual(c.expected),
  regular_noise_mask: (c) => {
    expect(regularNoiseMask(c.length, c.span_length, c.period, c.offset).map(Number)).toEqual(c.expected);
  },
  iid_noise_mask_property: (c) => {
    const noiseTokens = iidNoiseMask(c.length, c.noise_density, createRng(1)).filter(Boolean).length;
    const deviation = Math.sqrt(c.length * c.noise_density * (1 - c.noise_density)) + 1;
    expect(Math.abs(noiseTokens - c.length * c.noise_density)).toBeLessThan(4 * deviation);
  },
  random_prefix_noise_mask_property: (c) => {
    const prefixes = new Set<number>();
    for (let seed = 0; seed < 40 * c.length; seed++) {
      const drawn = randomPrefixNoiseMask(c.length, createRng(seed));
      expect([drawn[0], drawn.at(-1)]).toEqual([c.first, c.last]);
      const prefix = drawn.indexOf(false);
      expect(drawn.slice(prefix)).not.toContain(true);
      prefixes.add(prefix);
    }
    expect([...prefixes].sort((a, b) => a - b)).toEqual(Array.from({ length: c.length - 1 }, (_, i) => i + 1));
  },
  spans_to_mask: (c) => {
    expect(spansToMask(c.nonnoise_span_lengths, c.noise_span_lengths).map(Number)).toEqual(c.expected);
  },
  span_corruption_lengths: (c) => {
    for (let seed = 0; seed < SEEDS; seed++) {
      const ids = Array.from({ length: c.tokens }, (_, i) => i + 3);
      const options = { ...noise(c), sentinelIds: t5SentinelIds(), endId: 1, roll: false };
      const example = spanCorruption(ids, options, createRng(seed));
      expect([example?.inputIds.length, example?.labels.length]).toEqual([c.inputs_with_eos, c.targets_with_eos]);
    }
  },

  split_tokens: (c) => {
    const tokens = c.tokens ?? Array.from({ length: c.num_tokens }, (_, i) => (c.tokens_all_zero ? 0 : i + 2));
    const segments = splitTokens(tokens, c.max_tokens_per_segment);
    expect(segments.flat()).toEqual(tokens);
    if (c.num_segments !== undefined) expect(segments.length).toBe(c.num_segments);
    if (c.last_segment_length !== undefined) expect(segments.at(-1)?.length).toBe(c.last_segment_length);
    if (c.expected !== undefined) expect(segments).toEqual(c.expected);
  },
  split_tokens_to_targets_length: expectFirstSegment("targets_length"),
  split_tokens_to_inputs_length: expectFirstSegment("inputs_length"),
  trim_tokens_at_front: (c) => {
    expect(trimTokensAtFront(c.inputs ?? c.tokens, c.length ?? c.inputs_length)).toEqual(c.expected);
  },
  reduce_concat_tokens: (c) => {
    expect(concatTokens(c.examples, { groupSize: c.batch_size })).toEqual(c.expected);
  },
  trivia_qa_truncate_inputs: expectTruncated,
  trivia_qa_truncate_inputs_property: expectTruncated,
});

function expectTruncated(c: VectorCase): void {
  for (let seed = 0; seed < SEEDS; seed++) {
    const truncated = truncateAroundAnswer(c.inputs, c.targets, c.length, createRng(seed));
    if (c.expected === null) expect(truncated).toBeUndefined();
    else if (c.expected !== undefined) expect(truncated).toEqual(c.expected);
    else {
      expect(truncated?.length).toBe(Math.min(c.length, c.inputs.length));
      expect(`,${truncated},`).toContain(`,${c.targets},`);
      expect(`,${c.inputs},`).toContain(`,${truncated},`);
    }
  }
}

function noise(c: VectorCase): { noiseDensity: number; meanNoiseSpanLength: number } {
  return { noiseDensity: c.noise_density, meanNoiseSpanLength: c.mean_noise_span_length };
}

function mask(c: VectorCase): NoiseMask {
  return c.noise_mask.map(Boolean);
}

/** The reference goes on below its hundred sentinels; as many as there are tokens are always enough. */
function unguardedSentinels(c: VectorCase): number[] {
  return t5SentinelIds(c.vocab_size, c.tokens.length);
}

function expectKeptTokens(c: VectorCase, result: number[]): void {
  expect(result.length).toBe(c.tokens.length);
  expect(dropNoiseTokens(result, mask(c))).toEqual(dropNoiseTokens(c.tokens, mask(c)));
}

function expectFirstSegment(lengthField: string): (c: VectorCase) => void {
  return (c) => {
    const tokens = c.tokens ?? Array.from({ length: 100 }, (_, i) => i + 2);
    const segments = splitTokens(tokens, c[lengthField] - (c.add_eos ? 1 : 0));
    expect(segments[0]?.length).toBe(c.first_segment_length);
  };
}

function summary(drawn: NoiseMask): Record<string, number | boolean | undefined> {
  return {
    length: drawn.length,
    noiseTokens: drawn.filter(Boolean).length,
    noiseSpans: drawn.filter((isNoise, i) => isNoise && !drawn[i - 1]).length,
    startsWithNoise: drawn[0],
    endsWithNoise: drawn.at(-1),
  };
}

function lowest(numbers: number[]): number {
  return numbers.reduce((a, b) => Math.min(a, b));
}

function highest(numbers: number[]): number {
  return numbers.reduce((a, b) => Math.max(a, b));
}
