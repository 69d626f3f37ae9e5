const HEIGHTS = "▁▂▃▄▅▆▇█";

/**
 * A curve in one line of text: `[3, 2, 1, 1]` → `█▅▁▁`. More values than `width` are averaged in groups; values that
 * aren't finite leave a gap.
 */
export function sparkline(values: readonly number[], width: number): string {
  const points = shrink(values, width);
  const finite = points.filter(Number.isFinite);
  const lowest = Math.min(...finite);
  const range = Math.max(...finite) - lowest;
  return points
    .map((value) => {
      if (!Number.isFinite(value)) return " ";
      return HEIGHTS[range === 0 ? 0 : Math.round(((value - lowest) / range) * (HEIGHTS.length - 1))];
    })
    .join("");
}

function shrink(values: readonly number[], width: number): number[] {
  if (values.length <= width) return [...values];
  return Array.from({ length: width }, (_, i) => {
    const group = values.slice(Math.floor((i * values.length) / width), Math.floor(((i + 1) * values.length) / width));
    const finite = group.filter(Number.isFinite);
    return finite.reduce((sum, value) => sum + value, 0) / finite.length;
  });
}
