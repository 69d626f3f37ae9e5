/** Turns pieces into texts that only have to be joined, stage by stage. */
export type Decoder = (pieces: readonly string[]) => string[];
