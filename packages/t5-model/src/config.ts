import type { Activation, EmbeddingMlp, HeadMerge, HeadRegions, SinusoidLayout, TaskLayerConfig } from "@t5ts/layers";

/** Everything that a T5 is built from, fully specified. `parseT5Config` makes it of a `config.json`. */
export type T5Config = {
  /** Only of an mT5, which is built as T5 v1.1 is: the network doesn't tell. */
  modelType?: "mt5";
  /** Rows of the embedding table; a vocabulary may use fewer. */
  vocabSize: number;
  dModel: number;
  /** Width of one head; `numHeads · dKv` need not be `dModel`. */
  dKv: number;
  dFf: number;
  numLayers: number;
  numDecoderLayers: number;
  numHeads: number;
  feedForwardProj: Activation;
  dropoutRate: number;
  layerNormEpsilon: number;

  /** Whether the output layer is the decoder's embedding table. */
  tieWordEmbeddings: boolean;
  /** Whether logits are made of the decoder's output times dModel^-0.5: T5 v1.0, where the table is tied. */
  scaleDecoderOutputs: boolean;
  /** Whether encoder and decoder look words up in one table. */
  sharesEmbedding: boolean;
  /** A multilayer perceptron between the table and the model. */
  embeddingMlp?: EmbeddingMlp;

  positions: PositionsConfig;
  /**
   * How the decoder sees the input: `cross`, an attention of its own in every block, or `merged`, one attention whose
   * keys are the encoder's output followed by the decoder's own past.
   */
  decoderAttention: "cross" | "merged";
  headRegions: HeadRegions;
  headMerge: HeadMerge;

  /** The layers between encoder and decoder, by task. */
  taskLayers: Record<string, TaskLayerConfig>;
  /** Classifiers on top of the encoder, by name. */
  classifiers: Record<string, ClassifierConfig>;

  padTokenId: number;
  eosTokenId: number;
  decoderStartTokenId: number;
};

/** `relative`: T5's biases, one table a stack or, as in UMT5, one a layer. */
export type PositionsConfig =
  | { kind: "relative"; numBuckets: number; maxDistance: number; inEveryLayer: boolean }
  | { kind: "sinusoidal"; layout: SinusoidLayout };

/** `sequence` reads the first position, `tokens` every one. */
export type ClassifierConfig = { of: "sequence" | "tokens"; numLabels: number };
