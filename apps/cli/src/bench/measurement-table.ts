import { formatBytes } from "../terminal/format-number.js";
import { type Column, formatTable } from "../terminal/table.js";
import type { Measured, Measurement } from "./measurement.js";

const COLUMNS: readonly Column[] = [
  { title: "" },
  { title: "backend" },
  ...["threads", "time", "speed", "memory", "ratio"].map((title): Column => ({ title, align: "right" })),
];

/**
 * The measurements of some work in lines of text: a table, and then who isn't in it. `ratio` counts in times of the one
 * that has 1.
 */
export function measurementTable(measurements: readonly Measurement[]): string[] {
  const measured = measurements.filter((row) => "seconds" in row);
  const others = measurements.filter((row) => "reason" in row);
  return [
    ...(measured.length === 0 ? [] : formatTable(COLUMNS, measured.map(cells))),
    ...others.map(({ peer, backend, reason }) => `${peer} ${backend}: not measured: ${reason}`),
    ...otherTokens(measured),
  ];
}

function cells(row: Measured & Pick<Measurement, "peer" | "backend" | "threads">): string[] {
  const { peer, backend, threads, seconds, ratio, peak_rss_mb: peak } = row;
  return [
    peer,
    backend,
    String(threads),
    formatSeconds(seconds),
    formatSpeed(row),
    peak === undefined ? "" : formatBytes(peak * 2 ** 20),
    ratio === undefined ? "" : ratio.toFixed(2),
  ];
}

/** 0.0123 → `12.3 ms`: three digits, in the unit that suits. */
export function formatSeconds(seconds: number): string {
  if (seconds >= 0.9995) return `${threeDigits(seconds)} s`;
  if (seconds >= 0.9995e-3) return `${threeDigits(seconds * 1e3)} ms`;
  return `${threeDigits(seconds * 1e6)} µs`;
}

function formatSpeed({ gflops, tokens_per_s: tokens, mb_per_s: megabytes }: Measured): string {
  if (gflops !== undefined) return `${threeDigits(gflops)} GFLOP/s`;
  if (megabytes !== undefined) return `${threeDigits(megabytes)} MB/s`;
  return tokens === undefined ? "" : `${threeDigits(tokens)} tokens/s`;
}

function threeDigits(value: number): string {
  return value >= 99.95 ? String(Math.round(value)) : value.toPrecision(3);
}

/** A line for each tokenizer that made another number of tokens than the first: it didn't do the same. */
function otherTokens(measured: readonly (Measured & Pick<Measurement, "peer">)[]): string[] {
  const first = measured[0]?.tokens;
  return measured
    .filter(({ tokens }) => tokens !== first)
    .map(({ peer, tokens }) => `${peer} has other tokens: ${tokens} where the first has ${first}`);
}
