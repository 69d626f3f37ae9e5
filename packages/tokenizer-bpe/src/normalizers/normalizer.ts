import type { AlignedText } from "../aligned-text.js";

/** Changes a text before it's cut into words. */
export type Normalizer = (text: AlignedText) => AlignedText;
