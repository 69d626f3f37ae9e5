import { outColors } from "./colors.js";
import { cutToWidth, padToWidth, textWidth } from "./text-width.js";

export type Column = { title: string; align?: "left" | "right" };

/** A table in lines of text: columns two spaces apart, the last one cut where it would leave the terminal. */
export function formatTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string[] {
  const cells = [columns.map(({ title }) => title), ...rows];
  const widths = columns.map((_, column) => Math.max(...cells.map((row) => textWidth(row[column] ?? ""))));
  const before = widths.slice(0, -1).reduce((sum, width) => sum + width + 2, 0);
  const room = Math.max(8, (process.stdout.columns || 80) - before);
  const lines = cells.map((row) =>
    columns
      .map(({ align = "left" }, column) => {
        const text = row[column] ?? "";
        const isLast = column === columns.length - 1;
        if (isLast && align === "left") return cutToWidth(text, room);
        return padToWidth(text, widths[column] as number, align === "left" ? "right" : "left");
      })
      .join("  ")
      .trimEnd(),
  );
  return lines.map((line, i) => (i === 0 ? outColors.dim(line) : line));
}
