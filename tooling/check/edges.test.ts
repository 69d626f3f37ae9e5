import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Which packages a package may import: the arrows of the map in the README. Tests may import anything. */
const ARROWS: Record<string, readonly string[]> = {
  random: [],
  "tokenizer-bpe": [],
  "tokenizer-sentencepiece": ["tokenizer-bpe"],
  "tensor-core": ["random"],
  "backend-simd": [],
  "backend-webgpu": [],
  layers: ["tensor-core", "random"],
  "t5-model": ["layers", "tensor-core", "random"],
  losses: ["tensor-core"],
  datasets: ["metrics", "random"],
  metrics: [],
  trainer: ["tensor-core", "random"],
};

/** Packages that know no tensors. */
const WITHOUT_TENSORS = ["random", "tokenizer-bpe", "tokenizer-sentencepiece", "datasets", "metrics"];

const packages = readdirSync(join(root, "packages"));

function sources(folder: string): { file: string; text: string }[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts") && !file.includes("testing"))
    .map((file) => ({ file: join(folder, file), text: readFileSync(join(root, folder, file), "utf8") }));
}

function imports(text: string): string[] {
  return [...text.matchAll(/(?:from|import\()\s*"([^"]+)"/g)].map(([, target]) => target as string);
}

describe("imports follow the arrows", () => {
  it("for every package there is", () => {
    expect(packages.filter((name) => ARROWS[name] === undefined)).toEqual([]);
  });

  for (const name of packages) {
    it(`in ${name}`, () => {
      for (const { file, text } of sources(`packages/${name}/src`)) {
        for (const target of imports(text)) {
          const ours = /^@t5ts\/([^/]+)/.exec(target)?.[1];
          if (ours !== undefined) expect(ARROWS[name], `${file} imports ${target}`).toContain(ours);
          if (WITHOUT_TENSORS.includes(name)) expect(target, file).not.toMatch(/^@tensorflow/);
        }
      }
    });
  }

  it("and only apps and tooling know apps", () => {
    for (const { file, text } of packages.flatMap((name) => sources(`packages/${name}/src`))) {
      expect(
        imports(text).filter((target) => /apps\//.test(target)),
        file,
      ).toEqual([]);
    }
  });

  it("and Node's own modules only in what is published under /node", () => {
    const allowed = /\/(node|.*files?|folder|.*-node|node-.*)\.ts$|backend-simd/;
    for (const { file, text } of packages.flatMap((name) => sources(`packages/${name}/src`))) {
      const node = imports(text).filter((target) => target.startsWith("node:"));
      if (node.length > 0) expect(file).toMatch(allowed);
    }
  });
});
