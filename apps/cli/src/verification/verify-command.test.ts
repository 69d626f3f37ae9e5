import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { makeFolder } from "../testing/reversing-model.js";
import { eventsOf, messagesOf, runT5 } from "../testing/run-t5.js";

const FIXTURES = fileURLToPath(new URL("../../../../packages/t5-model/fixtures/", import.meta.url));
const names = readdirSync(FIXTURES).filter((name) => !name.includes("."));

describe("verify", () => {
  for (const name of names) {
    for (const backend of ["cpu", "wasm", "simd"]) {
      it(`passes ${name} on ${backend}`, async () => {
        const run = await runT5(["verify", join(FIXTURES, name), "--backend", backend]);
        const { code, stdout } = run;
        expect({ code, messages: messagesOf(run) }).toEqual({ code: 0, messages: "" });
        for (const quantity of ["loss", "logits", "encoder_last_hidden_state", "gradient norms", "greedy ids"]) {
          expect(stdout).toMatch(new RegExp(`^${quantity} .* PASS$`, "m"));
        }
        expect(stdout).not.toContain("FAIL");
      });
    }
  }
});

describe("verify on a copy", () => {
  let path: string;
  let remove: () => void;
  beforeEach(() => {
    const place = makeFolder();
    remove = place.remove;
    path = join(place.folder, "model");
    cpSync(join(FIXTURES, "asymmetric-depth"), path, { recursive: true });
  });
  afterEach(() => remove());

  // biome-ignore lint/suspicious/noExplicitAny: whatever is in the file
  const editCases = (edit: (json: any) => void): void => {
    const json: unknown = JSON.parse(readFileSync(join(path, "cases.json"), "utf8"));
    edit(json);
    writeFileSync(join(path, "cases.json"), JSON.stringify(json));
  };

  it("fails with 1 where one weight differs by 0.01", async () => {
    const file = join(path, "model.safetensors");
    const bytes = readFileSync(file);
    // The last number of the file, a float32.
    bytes.writeFloatLE(bytes.readFloatLE(bytes.length - 4) + 0.01, bytes.length - 4);
    writeFileSync(file, bytes);
    const run = await runT5(["verify", path, "--json"]);
    expect(run.code).toBe(1);
    const events = eventsOf(run);
    const failed = events.filter(({ event, verdict }) => event === "check" && verdict === "failed");
    expect(failed.length).toBeGreaterThan(0);
    expect(events.find(({ event }) => event === "done")).toMatchObject({ failed: failed.length });
    expect(events.at(-1)?.message).toMatch(/comparisons are beyond tolerance, the first in cases\[0\]: /);
    expect(run.stderr).toMatch(/ FAIL$/m);
  });

  it("says loudly what it can't compare", async () => {
    editCases(({ cases }) => Object.assign(cases[1].expected, { contrastive_search: [[1]] }));
    const { code, stdout, stderr } = await runT5(["verify", path]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^contrastive_search +1 +NOT COMPARED$/m);
    expect(stderr).toMatch(/^warning: NOT COMPARED.*: contrastive_search\n$/);
  });

  it("fails where nothing was compared", async () => {
    editCases((json) => {
      json.cases = [{ ...json.cases[0], expected: { contrastive_search: [[1]] } }];
    });
    const { code, stderr } = await runT5(["verify", path]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/cases\.json: nothing was compared/);
  });

  it("names an id or a parameter that the model lacks", async () => {
    editCases(({ cases }) => (cases[1].input_ids[0][2] = 96));
    const id = await runT5(["verify", path]);
    expect(id.code).toBe(2);
    expect(id.stderr).toMatch(/cases\.json: .*cases\[1\]\.input_ids.*96/);
    editCases(({ cases }) => {
      cases[1].input_ids[0][2] = 5;
      cases[0].expected.grads["no.such"] = { l2: 1, head: [1] };
    });
    expect((await runT5(["verify", path])).stderr).toMatch(/cases\.json: .*got "no\.such"/);
  });

  it("names a missing cases.json and one that isn't JSON", async () => {
    writeFileSync(join(path, "cases.json"), "{");
    expect((await runT5(["verify", path])).stderr).toMatch(/cases\.json: expected JSON: /);
    rmSync(join(path, "cases.json"));
    const { code, stderr } = await runT5(["verify", path]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/cases\.json: expected inputs with known answers, but there's no such file/);
  });
});
