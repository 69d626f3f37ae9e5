/** A heap of numbers, the least first; four below each, since half as many levels cost less than twice the comparisons. */
export class MergeQueue {
  readonly #items: number[] = [];

  push(item: number): void {
    const items = this.#items;
    let at = items.length;
    items.push(item);
    while (at > 0) {
      const parent = (at - 1) >> 2;
      const above = items[parent]!;
      if (above <= item) break;
      items[at] = above;
      at = parent;
    }
    items[at] = item;
  }

  /** Undefined when nothing is left. */
  pop(): number | undefined {
    const items = this.#items;
    const top = items[0];
    const item = items.pop()!;
    const size = items.length;
    if (size === 0) return top;
    let at = 0;
    for (let child = 1; child < size; child = at * 4 + 1) {
      const end = Math.min(child + 4, size);
      for (let other = child + 1; other < end; other++) if (items[other]! < items[child]!) child = other;
      const below = items[child]!;
      if (below >= item) break;
      items[at] = below;
      at = child;
    }
    items[at] = item;
    return top;
  }
}
