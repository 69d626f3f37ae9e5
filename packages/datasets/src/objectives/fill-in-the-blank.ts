import type { Rng } from "@t5ts/random";
import type { TextExample } from "../text-example.js";

/**
 * Makes two examples of filling gaps from a text. Its words are cut into runs at random; each example hides every other
 * run behind an X and lists what it hid, so that the two ask for each other's halves.
 *
 * The fat cat sat on the mat. → inputs   fill: The fat X the X
 *                               targets  X cat sat on X mat.
 *
 * @returns No examples of a text with fewer than two words.
 *
 * T5, `fill_in_the_blank` in `t5/data/preprocessors.py`.
 */
export function fillInTheBlank(text: string, rng: Rng): TextExample[] {
  const words = text.split(/[ \t\n\v\f\r]+/).filter((word) => word !== "");
  if (words.length < 2) return [];
  const runs = cutIntoRuns(words, rng);
  const [odd, even] = [withGaps(runs, 1), withGaps(runs, 0)];
  return [
    { inputs: `fill: ${odd}`, targets: even },
    { inputs: `fill: ${even}`, targets: odd },
  ];
}

/** Cuts between two words with one probability for the whole text, drawn on a logarithmic scale; at least once. */
function cutIntoRuns(words: readonly string[], rng: Rng): string[] {
  const [least, most] = [Math.log(1 / (words.length + 2)), Math.log(1 / 2)];
  const probability = Math.exp(least + (most - least) * rng.uniform());
  const isCut = words.slice(1).map(() => rng.uniform() < probability);
  if (!isCut.includes(true)) isCut[rng.integer(isCut.length)] = true;
  const runs = [[words[0] as string]];
  for (const [i, cut] of isCut.entries()) {
    const word = words[i + 1] as string;
    if (cut) runs.push([word]);
    else runs.at(-1)?.push(word);
  }
  return runs.map((run) => run.join(" "));
}

/** The runs with an X in the place of every other one, counted from `hidden`. */
function withGaps(runs: readonly string[], hidden: 0 | 1): string {
  return runs.map((run, i) => (i % 2 === hidden ? "X" : run)).join(" ");
}
