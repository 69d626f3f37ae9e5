import { describe, expect, it, vi } from "vitest";
import { timed } from "./prepared-work.js";

describe("timed", () => {
  it("does what is fast again and again, and says how long it takes once", async () => {
    let now = 0;
    const clock = vi.spyOn(performance, "now").mockImplementation(() => now);
    const taking = (ms: number) => async () => {
      now += ms;
      return { doneAt: now };
    };
    expect(await timed(taking(250))()).toEqual({ seconds: 0.25, doneAt: 250 });
    expect(await timed(taking(30))()).toEqual({ seconds: 0.03, doneAt: 370 });
    clock.mockRestore();
  });
});
