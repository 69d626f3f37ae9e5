import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { loadSentencePiece } from "./index.js";
const cases = JSON.parse(readFileSync("/work/shared/vectors/sentencepiece_reference.json", "utf8")).cases;
const cache = new Map();
const get = (m: string) => { if (!cache.has(m)) cache.set(m, loadSentencePiece(readFileSync(`/work/shared/fixtures/sentencepiece/${m}`))); return cache.get(m); };
for (const c of cases) it(c.id, () => {
  const t = get(c.model);
  if (c.op === "spm_encode") {
    expect(t.encode(c.text)).toEqual(c.ids);
    expect(t.decode(c.ids)).toBe(c.decoded);
    const d = t.encodeDetailed(c.text);
    expect(d.ids).toEqual(c.ids);
    if (c.pieces) expect(d.pieces).toEqual(c.pieces);
  } else {
    const n = t.encodeNBest(c.text, c.nbest.length);
    expect(n.map((x: any) => x.ids)).toEqual(c.nbest);
    for (let i = 0; i < n.length; i++) expect(n[i].score).toBeCloseTo(c.score_sums[i], 3);
  }
});
