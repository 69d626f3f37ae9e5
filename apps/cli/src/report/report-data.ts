/** Everything that the report page shows: numbers and texts of one run, nothing drawn yet. */
export type ReportData = {
  title: string;
  /** One sentence on what was run, on what. */
  summary: string;
  /** Loss by step of each phase, in the order they ran. */
  curves: LossCurve[];
  /** One row a model, one number a metric. */
  table: { metrics: string[]; rows: { name: string; values: (number | undefined)[] }[] };
  samples: { input: string; expected: string; rows: { name: string; output: string }[] }[];
  attention: AttentionPicture;
};

/** One line of a chart: charts with the same `chart` are drawn in one. */
export type LossCurve = { chart: string; name: string; steps: number[]; losses: number[] };

/** Weights of one example, by layer and head: each [queries][keys]. */
export type AttentionPicture = {
  title: string;
  queries: string[];
  keys: string[];
  layers: number[][][][];
};
