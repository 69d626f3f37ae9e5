import { describe, expect, it } from "vitest";
import { WORK_NAMES } from "../commands/bench.js";
import { selectWork } from "./work.js";

const names = (options: Parameters<typeof selectWork>[0]): string[] =>
  selectWork(options).map(({ what, size }) => `${what} ${size}`);

describe("selectWork", () => {
  it("is everything, unless it's told less", () => {
    const products = [
      "gemm_nn 512x512x2048",
      "gemm_nt 512x512x2048",
      "gemm_tn 512x512x2048",
      "gemm_nt 256x512x32128",
      "gemm_nt 1x512x2048",
      "gemm_nt 64x128x64x128",
    ];
    const models = ["train_step", "encode128", "generate32_beam1", "generate32_beam4"];
    const of = (size: string): string[] => models.map((what) => `${what} ${size}`);
    const tokenizers = ["tokenizer 8000", "tokenizer_cl100k 100256", "tokenizer_unigram 8000", "tokenizer_train 30000"];
    expect(names({})).toEqual([...products, ...of("small"), ...of("tiny"), ...tokenizers]);
    expect(names({ size: "tiny" })).toEqual([...products, ...of("tiny"), ...tokenizers]);
    expect(names({ only: ["gemm"] })).toEqual(products);
    expect(names({ only: ["tokenizer", "generate32"], size: "small" })).toEqual([
      "generate32_beam1 small",
      "generate32_beam4 small",
      ...tokenizers,
    ]);
    expect(names({ only: ["tokenizer_train"] })).toEqual(["tokenizer_train 30000"]);
  });

  it("has something for every name that the command takes", () => {
    for (const name of WORK_NAMES) expect(names({ only: [name] }), name).not.toEqual([]);
  });

  it("has the shapes of the models that peers build", () => {
    const shape = (size: "tiny" | "small"): unknown => {
      const [work] = selectWork({ size, only: ["encode128"] });
      return work?.kind === "model" && work.model;
    };
    expect(shape("small")).toEqual({ vocab: 32128, d: 512, dkv: 64, ff: 2048, layers: 6, heads: 8 });
    expect(shape("tiny")).toEqual({ vocab: 4096, d: 128, dkv: 32, ff: 512, layers: 4, heads: 4 });
  });
});
