import type { TextExample } from "../text-example.js";

/** A premise, a hypothesis and how they relate, as mT5 reads them: xnli: premise: … hypothesis: … → 1 */
export function xnli({
  premise,
  hypothesis,
  label,
}: {
  premise: string;
  hypothesis: string;
  label: number;
}): TextExample {
  return { inputs: `xnli: premise: ${premise} hypothesis: ${hypothesis}`, targets: String(label) };
}
