import { loadTokenizer } from "@t5ts/tokenizer-bpe";
import { trainBpe } from "@t5ts/tokenizer-bpe/train";

const texts = ["she sells sea shells", "by the sea shore", "the shells she sells"];
const trained = await trainBpe(texts, { vocabSize: 380, sentinels: 2 });

const tokenizer = loadTokenizer(JSON.parse(JSON.stringify(trained))); // a tokenizer.json, as Hugging Face's
const { ids, pieces, offsets } = tokenizer.encodeDetailed("sea 🐚 shells");
console.log(ids);
console.log(pieces.join(" "));
console.log(offsets.map((range) => range.join("-")).join(" "));
console.log(tokenizer.decode(ids, { skipSpecialTokens: true }));
console.log(tokenizer.special);
