import type { DecodingOptions } from "../generation/decoding-options.js";
import type { SharedOptions } from "../run-command.js";

/** What `t5 evaluate` is told. */
export type EvaluateOptions = SharedOptions &
  DecodingOptions & {
    model: string;
    data: string;
    format?: string;
    inputField: string;
    targetField: string;
    metrics: string[];
    limit?: number;
    out?: string;
  };
