import { runVectors } from "./run-vectors.js";

const WAITS_FOR = "SentencePiece vocabularies";

runVectors(
  "tokenizer_t5.json",
  {},
  {
    notCovered: {
      t5_tokenize: WAITS_FOR,
      t5_encode_no_eos: WAITS_FOR,
      t5_encode: WAITS_FOR,
      t5_encode_same: WAITS_FOR,
      t5_vocab: WAITS_FOR,
    },
  },
);
