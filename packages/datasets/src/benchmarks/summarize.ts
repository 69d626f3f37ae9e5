import type { TextExample } from "../text-example.js";

/** A summary as T5 is asked for it: summarize: … */
export function summarize(article: string, summary: string): TextExample {
  return { inputs: `summarize: ${article}`, targets: summary };
}
