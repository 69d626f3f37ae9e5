import { open } from "node:fs/promises";
import type { TrainEvent } from "@t5ts/trainer";
import * as tf from "@tensorflow/tfjs-core";
import type { Output, T5Event } from "../terminal/output.js";
import type { RunParams } from "./run-loss.js";

export type ShowTrainingOptions = {
  output: Output;
  title: string;
  totalSteps: number;
  /** Where the events are kept as well, one JSON object a line; it's appended to. */
  logFile?: string;
};

/** One step of a run as the log and the report keep it. */
export type LoggedStep = { step: number; loss: number; parts: Record<string, number> };

/**
 * Shows a training as it goes, and keeps its events.
 *
 * @returns The steps that were made, and what the evaluations measured.
 */
export async function showTraining(
  events: AsyncIterable<TrainEvent<RunParams>>,
  { output, title, totalSteps, logFile }: ShowTrainingOptions,
): Promise<{ steps: LoggedStep[]; metrics: Record<string, number>; reason: string }> {
  const steps: LoggedStep[] = [];
  const startedAt = Date.now();
  const speed = { tokens: 0, elapsedMs: 0 };
  const log = logFile === undefined ? undefined : await open(logFile, "a");
  let metrics: Record<string, number> = {};
  let reason = "steps";
  try {
    for await (const event of events) {
      const record = toEvent(event, title);
      output.event(record);
      await log?.write(`${JSON.stringify(record)}\n`).catch((cause: Error) => {
        throw new Error(`${logFile}: could not be written: ${cause.message}`, { cause });
      });
      switch (event.kind) {
        case "step": {
          const { step, loss, parts } = event;
          steps.push({ step, loss, parts });
          speed.tokens += event.tokens;
          speed.elapsedMs += event.elapsedMs;
          const fields = {
            loss: smoothed(steps).toFixed(3),
            "tokens/s": Math.round((speed.tokens / speed.elapsedMs) * 1000).toString(),
            memory: `${Math.round(process.memoryUsage().rss / 2 ** 20)} MB`,
          };
          output.progress({ title, step, totalSteps, fields, startedAt, history: steps.map((logged) => logged.loss) });
          break;
        }
        case "evaluation":
          metrics = event.metrics;
          output.line(`${title}: step ${event.step}: ${formatMetrics(event.metrics)}`);
          break;
        case "warning":
          output.warn(event.message);
          break;
        case "resumed":
          output.line(`${title}: going on from step ${event.step} (${event.checkpoint})`);
          break;
        case "finished":
          reason = event.reason;
      }
    }
  } finally {
    await log?.close();
    output.progress(undefined);
  }
  return { steps, metrics, reason };
}

/** The mean loss of the last steps: single batches jump. */
export function smoothed(steps: readonly LoggedStep[], count = 20): number {
  const last = steps.slice(-count);
  return last.reduce((sum, { loss }) => sum + loss, 0) / last.length;
}

/** Without the tensors. */
function toEvent(event: TrainEvent<RunParams>, run: string): T5Event {
  if (event.kind === "finished") return { event: "finished", run, step: event.step, reason: event.reason };
  const { kind, ...rest } = event;
  const memory = kind === "step" ? { tensors: tf.memory().numTensors, rssBytes: process.memoryUsage().rss } : {};
  return { event: kind, run, ...rest, ...memory };
}

function formatMetrics(metrics: Record<string, number>): string {
  return Object.entries(metrics)
    .map(([name, value]) => `${name} ${value.toFixed(3)}`)
    .join(", ");
}
