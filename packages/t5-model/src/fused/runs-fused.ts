import type { FeedForwardParams } from "@t5ts/layers";
import { type FusedKernel, hasFusedKernel, isRecordingGradients } from "@t5ts/tensor-core";
import type { T5Config } from "../config.js";
import type { PassOptions } from "../pass.js";

/**
 * Says whether a stack's blocks run as the one kernel that a backend has for them: those of the published models do, in a
 * pass that nobody watches and that doesn't learn.
 */
export function runsFused(
  kernel: FusedKernel,
  { headMerge, feedForwardProj }: T5Config,
  blocks: readonly { feedForward: FeedForwardParams }[],
  { rng, watch }: PassOptions = {},
): boolean {
  const isGated = feedForwardProj === "gated-gelu";
  const isFusable = headMerge === "concat" && (isGated || feedForwardProj === "relu");
  if (!isFusable || rng !== undefined || watch !== undefined) return false;
  if (blocks.some(({ feedForward }) => (feedForward.gate !== undefined) !== isGated)) return false;
  return hasFusedKernel(kernel) && !isRecordingGradients();
}
