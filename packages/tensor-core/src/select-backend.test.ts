import * as tf from "@tensorflow/tfjs-core";
import { describe, expect, it } from "vitest";
import { CPU_BACKEND, selectBackend, WASM_BACKEND } from "./select-backend.js";

const BROKEN = {
  name: "broken",
  register: async (): Promise<string> => {
    throw new Error("no such device");
  },
};

describe("selectBackend", () => {
  it("takes the first that runs, and says what it is and why the ones before it weren't taken", async () => {
    const choice = await selectBackend("auto", [BROKEN, WASM_BACKEND, CPU_BACKEND]);
    expect(tf.getBackend()).toBe("wasm");
    expect(choice.name).toBe("wasm");
    expect(choice.reason).toContain("the first that runs here; WebAssembly");
    expect(choice.rejected).toEqual([{ name: "broken", reason: "no such device" }]);
  });

  it("takes the one that is asked for, or fails with its reason", async () => {
    expect((await selectBackend("cpu")).name).toBe("cpu");
    await expect(selectBackend("broken", [BROKEN, CPU_BACKEND])).rejects.toThrow(
      "selectBackend: no backend can run here (broken: no such device)",
    );
    await expect(selectBackend("gpu")).rejects.toThrow('expected auto or one of wasm, cpu, got "gpu"');
  });
});
