import { describe, expect, it } from "vitest";
import { textWidth } from "./terminal/text-width.js";
import { eventsOf, runT5 } from "./testing/run-t5.js";

const COMMANDS = [
  ["quickstart"],
  ["tokenizer"],
  ["tokenizer", "train"],
  ["tokenizer", "encode"],
  ["tokenizer", "decode"],
  ["tokenizer", "inspect"],
  ["train"],
  ["generate"],
  ["evaluate"],
  ["verify"],
  ["convert"],
  ["bench"],
  ["info"],
];

describe("help", () => {
  it("lists every command", async () => {
    const { code, stdout } = await runT5(["--help"]);
    expect(code).toBe(0);
    for (const [name] of COMMANDS) expect(stdout).toMatch(new RegExp(`^  ${name} `, "m"));
  });

  for (const command of COMMANDS) {
    it(`of ${command.join(" ")} fits into 80 columns and has an example`, async () => {
      const { code, stdout, stderr } = await runT5([...command, "--help"]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(stdout.split("\n").filter((line) => textWidth(line) > 80)).toEqual([]);
      if (command.join() !== "tokenizer") {
        expect(stdout).toMatch(/\nExamples?\b(.|\n)*t5 /);
        for (const option of ["--json", "--backend", "--seed"]) expect(stdout).toContain(option);
      }
    });
  }

  it("is shown where a command is missing, which is wrong use", async () => {
    for (const args of [[], ["tokenizer"]]) {
      const { code, stdout, stderr } = await runT5(args);
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      expect(stderr).toContain("Usage: t5");
    }
  });
});

describe("wrong use exits with 2 and one readable line", () => {
  const mistakes: [string[], RegExp][] = [
    [["genrate"], /unknown command 'genrate'\n\(Did you mean generate\?\)/],
    [["generate", "--modle", "x"], /unknown option '--modle'\n\(Did you mean --model\?\)/],
    [["generate", "hello"], /required option '--model <folder>' not specified/],
    [["verify"], /missing required argument 'folder'/],
    [["info", "--backend", "gpu"], /'gpu' is invalid. Allowed choices are auto, simd, webgpu, wasm, cpu/],
    [["info", "--seed", "1.5"], /--seed <n>' argument '1.5' is invalid. Expected an integer from 0 to 4294967295/],
    [["info", "too", "much"], /too many arguments/],
    [["generate", "--model", "x", "--beams", "0"], /'0' is invalid. Expected an integer from 1 on/],
    [["generate", "--model", "x", "--top-p", "1.5"], /'1.5' is invalid. Expected a number in \(0, 1\]/],
    [["convert", "a", "b", "--max-shard-size", "2 apples"], /Expected a size such as 500MB or 2GB/],
  ];
  for (const [args, message] of mistakes) {
    it(`t5 ${args.join(" ")}`, async () => {
      const { code, stdout, stderr } = await runT5(args);
      expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
      expect(stderr).toMatch(message);
      expect(stderr).not.toMatch(/\n {4}at /);
    });
  }
});

describe("an error with --json", () => {
  it("is an event, also of options that can't be parsed", async () => {
    for (const args of [
      ["info", "--nonsense"],
      ["verify", "/nowhere"],
    ]) {
      const run = await runT5([...args, "--json"]);
      expect(run.code).toBe(2);
      const [event, ...others] = eventsOf(run).filter(({ event }) => event === "error");
      expect(others).toEqual([]);
      expect(run.stderr).toContain(event?.message);
    }
  });
});

describe("--verbose", () => {
  it("adds the stack to an error", async () => {
    const { stderr } = await runT5(["verify", "/nowhere", "--verbose"]);
    expect(stderr).toMatch(/\n {4}at /);
  });
});

describe("info", () => {
  it("says which backends run here and which one is chosen", async () => {
    const run = await runT5(["info", "--json"]);
    expect(run.code).toBe(0);
    const events = eventsOf(run);
    expect(events.map(({ event }) => event)).toEqual(["machine", "backends"]);
    const { backends, chosen } = events[1] as { backends: { name: string; isAvailable: boolean }[]; chosen: string };
    expect(backends.map(({ name }) => name)).toEqual(["simd", "webgpu", "wasm", "cpu"]);
    expect(backends.find(({ isAvailable }) => isAvailable)?.name).toBe(chosen);
    expect(backends.find(({ name }) => name === "cpu")?.isAvailable).toBe(true);
  });

  it("takes the backend that is asked for", async () => {
    const { stdout } = await runT5(["info", "--backend", "cpu"]);
    expect(stdout).toMatch(/chosen: cpu, as asked for/);
  });
});
