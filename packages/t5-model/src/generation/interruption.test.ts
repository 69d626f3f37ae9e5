import { describe, expect, it } from "vitest";
import { watchForStop } from "./interruption.js";

describe("watchForStop", () => {
  it("lets timers through in a loop that never waits", async () => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 10);
    const shouldStop = watchForStop(controller.signal);
    const end = performance.now() + 5000;
    let stopped = false;
    while (!stopped && performance.now() < end) stopped = await shouldStop();
    expect(stopped).toBe(true);
  });

  it("never stops without a signal", async () => {
    expect(await watchForStop()()).toBe(false);
  });
});
