// Does what a fresh clone needs (dependencies, build) and then what was asked for: `npm start`, `npm test` and so on.
// Plain JavaScript on Node alone, since nothing is installed when it starts.
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { ensureChromium } from "./chromium.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const { engines, packageManager } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
const bin = join(root, "node_modules", ".bin");
const args = process.argv.slice(3);

const tasks = {
  start: () => [install, () => build("build:js"), () => run("node", ["apps/cli/dist/t5.js", "quickstart", ...args])],
  test: () => [install, build, browser, () => run("vitest", ["run", ...args])],
  vectors: () => [install, () => run("vitest", ["run", "--project", "vectors", ...args])],
  bench: () => [
    () => install({ withPeers: true }),
    build,
    () => run("node", ["apps/cli/dist/t5.js", "bench", ...args]),
  ],
};

const task = tasks[process.argv[2]];
if (task === undefined) fail(`expected one of ${Object.keys(tasks).join(", ")}, got "${process.argv[2]}"`, 2);
checkNode();
for (const step of task()) step();

function checkNode() {
  const wanted = engines.node.replace(">=", "").split(".").map(Number);
  const found = process.versions.node.split(".").map(Number);
  const isOlder = found[0] < wanted[0] || (found[0] === wanted[0] && found[1] < wanted[1]);
  if (isOlder) fail(`t5ts needs Node ${engines.node}, this is ${process.versions.node}`, 2);
}

/** The peers that `t5 bench` compares with are half a gigabyte, so they're left out where nothing is timed. */
function install({ withPeers = false } = {}) {
  const all = ["install", "--frozen-lockfile", "--prefer-offline", "--reporter=silent"];
  const frozen = withPeers ? all : [...all, "--filter=!@t5ts/bench"];
  if (existsSync(join(bin, "pnpm"))) run("pnpm", frozen);
  else {
    console.error("Installing dependencies …");
    run("npm", ["exec", "--yes", `--package=${packageManager}`, "--", "pnpm", ...frozen]);
  }
}

/** `build:js` leaves out the declaration files, which take most of the time. */
function build(turboTask = "build") {
  // Its output is shown when something goes wrong; what is built already is taken from turbo's cache.
  run("turbo", ["run", turboTask, "--output-logs=errors-only", "--log-prefix=none"], { quiet: true });
}

function browser() {
  if (ensureChromium() !== undefined) return;
  console.error("NOT COVERED: browser tests: no Chromium here; install one, or name it in CHROMIUM_BIN");
}

function run(command, commandArgs, { quiet = false } = {}) {
  const result = spawnSync(command, commandArgs, {
    cwd: root,
    env: {
      ...process.env,
      PATH: `${bin}${delimiter}${process.env.PATH}`,
      TURBO_TELEMETRY_DISABLED: "1",
      TURBO_NO_UPDATE_NOTIFIER: "1",
    },
    // On Windows the commands are scripts that only a shell finds.
    shell: process.platform === "win32",
    stdio: quiet ? ["ignore", "pipe", "pipe"] : "inherit",
    encoding: "utf8",
  });
  if (result.error) fail(`${command}: ${result.error.message}`, 1);
  if (result.status === 0) return;
  if (quiet) process.stderr.write(`${result.stdout}${result.stderr}`);
  process.exit(result.status ?? 1);
}

function fail(message, code) {
  console.error(message);
  process.exit(code);
}
