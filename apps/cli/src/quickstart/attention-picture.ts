import { attentionMaps, type T5Model } from "@t5ts/t5-model";
import type { Tokenizer } from "@t5ts/tokenizer-bpe";
import * as tf from "@tensorflow/tfjs-core";
import type { AttentionPicture } from "../report/report-data.js";

/** Where the decoder looks while it writes `output` for `input`: its attention on the encoder's words. */
export async function attentionPicture(
  model: T5Model,
  tokenizer: Tokenizer,
  { input, output }: { input: string; output: string },
): Promise<AttentionPicture> {
  const inputIds = tokenizer.encode(input);
  const labels = tokenizer.encode(output);
  const decoderInputIds = [model.config.decoderStartTokenId, ...labels.slice(0, -1)];
  const matrix = (ids: number[]): tf.Tensor2D => tf.tensor2d([ids], [1, ids.length], "int32");
  const batch = { inputIds: matrix(inputIds), decoderInputIds: matrix(decoderInputIds) };
  const maps = attentionMaps(model, batch);
  try {
    const looking = maps.cross.length > 0 ? maps.cross : maps.merged;
    const layers = await Promise.all(looking.map(async (weights) => (await weights.array())[0] as number[][][]));
    const past = layers[0]?.[0]?.[0]?.length === inputIds.length ? [] : decoderInputIds;
    return {
      title: `Each row is a token that the decoder writes, each column one that it looks at. Input: “${input}”.`,
      queries: labels.map((id) => shown(tokenizer, id)),
      keys: [...inputIds, ...past].map((id) => shown(tokenizer, id)),
      layers,
    };
  } finally {
    tf.dispose([maps, batch] as unknown as tf.TensorContainer);
  }
}

function shown(tokenizer: Tokenizer, id: number): string {
  const text = tokenizer.decode([id]);
  return text === "" || text.includes("\ufffd") ? (tokenizer.pieceOf(id) ?? `${id}`) : text;
}
