import { loadT5Tokenizer, trainUnigram, writeModel } from "@t5ts/tokenizer-sentencepiece";

const texts = ["she sells sea shells", "by the sea shore", "the shells she sells"];
const model = await trainUnigram(texts, { vocabSize: 20, normalizer: "nfkc" });

const file = writeModel(model); // a .model file, as T5's spiece.model is one
const tokenizer = loadT5Tokenizer(file, { extraIds: 2 });
const { ids, pieces, offsets } = tokenizer.encodeDetailed("She sells <extra_id_0> ﬁsh");
console.log(ids);
console.log(pieces.join(" "));
console.log(offsets.map((range) => range.join("-")).join(" "));
console.log(tokenizer.decode(tokenizer.encode("sea shells <extra_id_1>")));
console.log(tokenizer.special);
