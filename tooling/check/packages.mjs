// Looks at every public package as npm would get it: publint for its fields, attw for the types of its entries.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), "t5ts-pack-"));
let failed = 0;

for (const folder of ["packages", "apps"]) {
  for (const name of readdirSync(join(root, folder))) {
    const path = join(root, folder, name);
    const { private: isPrivate } = JSON.parse(readFileSync(join(path, "package.json"), "utf8"));
    if (isPrivate) continue;
    const packed = call("pnpm", ["pack", "--json", "--pack-destination", scratch], path);
    const tarball = JSON.parse(packed.slice(packed.indexOf("{"))).filename;
    call("publint", ["--strict", "--pack", "false", path], root);
    call("attw", [tarball, "--profile", "esm-only"], root);
    console.log(`${name}: packed, publint and attw content`);
  }
}
rmSync(scratch, { recursive: true });
process.exit(failed === 0 ? 0 : 1);

function call(command, args, cwd) {
  const result = spawnSync(command, args, { cwd, encoding: "utf8", shell: process.platform === "win32" });
  if (result.status !== 0) {
    failed++;
    console.error(`${command} ${args.join(" ")}\n${result.stdout}${result.stderr}`);
  }
  return result.stdout;
}
