import { describe, expect, it } from "vitest";
import { type Contender, candidateGroups } from "./contender.js";
import { selectWork, type Work } from "./work.js";

function contender(peer: string, isThreaded: boolean, kind: Work["kind"][]): Contender {
  const command = () => Promise.reject(new Error("nobody runs it"));
  return { peer, backend: "", isOurs: false, isThreaded, does: (work) => kind.includes(work.kind), command };
}

const contenders = [
  contender("threaded", true, ["gemm", "model"]),
  contender("single", false, ["gemm", "model"]),
  contender("tokenizer", false, ["tokenizer"]),
];

function groups(what: string, options: { threads?: number; cores: number }): string[][] {
  const [work] = selectWork({ only: [what] });
  return candidateGroups(contenders, work as Work, options).map((group) =>
    group.map(({ contender, threads }) => `${contender.peer} ${threads}`),
  );
}

describe("candidateGroups", () => {
  it("gives everybody all cores, and those without threads one", () => {
    expect(groups("encode128", { cores: 8 })).toEqual([["threaded 8", "single 1"]]);
    expect(groups("encode128", { cores: 8, threads: 2 })).toEqual([["threaded 2", "single 1"]]);
    expect(groups("tokenizer", { cores: 8 })).toEqual([["tokenizer 1"]]);
  });

  it("measures products with one thread, side by side with those that have no more, and then with all", () => {
    expect(groups("gemm", { cores: 8 })).toEqual([["threaded 1", "single 1"], ["threaded 8"]]);
    expect(groups("gemm", { cores: 8, threads: 3 })).toEqual([["threaded 3", "single 1"]]);
    expect(groups("gemm", { cores: 1 })).toEqual([["threaded 1", "single 1"]]);
  });
});
