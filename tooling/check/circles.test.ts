import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Sources of packages and apps, tests aside. */
function sources(): string[] {
  return ["packages", "apps"].flatMap((group) =>
    readdirSync(join(root, group)).flatMap((name) => {
      const folder = join(root, group, name, "src");
      return readdirSync(folder, { recursive: true, encoding: "utf8" })
        .filter((file) => file.endsWith(".ts") && !/test\.ts$/.test(file) && !file.startsWith("generated"))
        .map((file) => join(folder, file));
    }),
  );
}

/** The files that a file imports by their paths, types included: who reads one has to read the other. */
function importsOf(file: string): string[] {
  return ts
    .preProcessFile(readFileSync(file, "utf8"))
    .importedFiles.map(({ fileName }) => fileName)
    .filter((name) => name.startsWith("."))
    .map((name) => resolve(dirname(file), name.replace(/\.js$/, ".ts")))
    .filter((path) => existsSync(path));
}

/** Groups of files each of which leads to the others: strongly connected parts of more than one (Tarjan 1972). */
function circles(graph: ReadonlyMap<string, readonly string[]>): string[][] {
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const open: string[] = [];
  const found: string[][] = [];
  const visit = (file: string): void => {
    order.set(file, order.size);
    lowest.set(file, order.get(file) as number);
    open.push(file);
    for (const next of graph.get(file) ?? []) {
      if (!order.has(next)) visit(next);
      if (open.includes(next)) lowest.set(file, Math.min(lowest.get(file) as number, lowest.get(next) as number));
    }
    if (lowest.get(file) !== order.get(file)) return;
    const part = open.splice(open.indexOf(file));
    if (part.length > 1) found.push(part.sort());
  };
  for (const file of graph.keys()) if (!order.has(file)) visit(file);
  return found;
}

describe("files", () => {
  it("import each other in no circle", () => {
    const graph = new Map(sources().map((file) => [file, importsOf(file)]));
    expect(graph.size).toBeGreaterThan(400);
    const named = circles(graph).map((part) => part.map((file) => relative(root, file)).join(" → "));
    expect(named).toEqual([]);
  });
});

describe("circles", () => {
  it("finds those of two and of more, and what only leads to one isn't in it", () => {
    const graph = new Map([
      ["a", ["b"]],
      ["b", ["c", "d"]],
      ["c", ["a"]],
      ["d", ["e"]],
      ["e", ["d"]],
      ["f", ["a", "g"]],
      ["g", []],
    ]);
    expect(circles(graph)).toEqual([
      ["d", "e"],
      ["a", "b", "c"],
    ]);
  });
});
