/** Leaves one of each run of `id` in `ids`, from place `from` on: unknown characters that follow each other are one piece. */
export function joinRepeats(ids: number[], from: number, id: number): void {
  let length = from;
  for (let i = from; i < ids.length; i++) {
    if (ids[i] === id && i > from && ids[i - 1] === id) continue;
    ids[length++] = ids[i]!;
  }
  ids.length = length;
}
