import { runVectors } from "./run-vectors.js";

const WAITS_FOR = "LongT5 attention";

runVectors(
  "longt5.json",
  {},
  {
    notCovered: {
      pad_to_multiple: WAITS_FOR,
      split_into_blocks: WAITS_FOR,
      concat_3_blocks: WAITS_FOR,
      make_3block_local_attention_mask: WAITS_FOR,
      make_3block_relative_position: WAITS_FOR,
      positions_from_segment_ids: WAITS_FOR,
      make_custom_3block_relative_position: WAITS_FOR,
      make_etc_fixed_block_ids: WAITS_FOR,
      identify_orphan_tokens: WAITS_FOR,
      make_side_relative_position: WAITS_FOR,
      mask_to_bias: WAITS_FOR,
      local_attention_property: WAITS_FOR,
    },
  },
);
