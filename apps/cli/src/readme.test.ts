import { readFileSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { makeFolder } from "./testing/reversing-model.js";
import { runT5 } from "./testing/run-t5.js";

const root = fileURLToPath(new URL("../../..", import.meta.url));

it("the README's commands print what it says", async () => {
  const readme = readFileSync(join(root, "apps/cli/README.md"), "utf8");
  const [, block] = /```sh\n([^`]*)```/.exec(readme) as unknown as [string, string];
  const { folder, remove } = makeFolder();
  symlinkSync(join(root, "data"), join(folder, "data"));
  const steps = block.split("$ t5 ").slice(1);
  expect(steps).toHaveLength(3);
  for (const step of steps) {
    const [commands, ...lines] = step.trimEnd().split("\n");
    let output = "";
    for (const command of (commands as string).split(" | t5 ")) {
      const args = [...command.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => (quoted ?? plain) as string);
      const { code, stdout } = await runT5(args, { cwd: folder, input: output });
      expect(code).toBe(0);
      output = stdout;
    }
    if (lines.length > 0) expect(output.trimEnd().split("\n")).toEqual(lines);
  }
  remove();
});

it("the README names every command and no other", async () => {
  const readme = readFileSync(join(root, "apps/cli/README.md"), "utf8");
  const { stdout } = await runT5(["--help"]);
  const [, listed] = stdout.split("Commands:\n") as [string, string];
  const names = [...listed.matchAll(/^ {2}(\S+)/gm)].map(([, name]) => name).filter((name) => name !== "help");
  const described = [...readme.matchAll(/^\| `t5 (\w+)/gm)].map(([, name]) => name);
  expect([...new Set(described)].sort()).toEqual(names.filter((name) => name !== "Every").sort());
});
