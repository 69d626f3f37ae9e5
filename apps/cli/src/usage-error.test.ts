import { describe, expect, it } from "vitest";
import { inputItems, readingInput, UsageError } from "./usage-error.js";

const failing = (error: unknown) => (): Promise<never> => Promise.reject(error);

describe("readingInput", () => {
  it("blames what is wrong with an input on the user, with the same message", async () => {
    const cause = new RangeError("a.txt:3: expected UTF-8");
    const error = await readingInput(failing(cause)).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(UsageError);
    expect(error).toMatchObject({ message: cause.message, cause });
  });

  it("leaves failures of the machine and interruptions what they are", async () => {
    const full = Object.assign(new Error("ENOSPC: no space left on device"), { code: "ENOSPC" });
    const wrapped = new Error("a.txt: could not be read", { cause: full });
    const abort = AbortSignal.abort().reason;
    for (const error of [full, wrapped, abort, "a text"])
      await expect(readingInput(failing(error))).rejects.toBe(error);
  });
});

describe("inputItems", () => {
  it("passes items on, blames the user where reading them fails, and closes what it reads", async () => {
    let isClosed = false;
    async function* lines() {
      try {
        yield 1;
        yield 2;
        throw new Error("a.txt:3: broken");
      } finally {
        isClosed = true;
      }
    }
    const seen: number[] = [];
    const reading = async (stopAt: number) => {
      for await (const item of inputItems(lines())) {
        seen.push(item);
        if (item === stopAt) break;
      }
    };
    await expect(reading(9)).rejects.toBeInstanceOf(UsageError);
    expect({ seen, isClosed }).toEqual({ seen: [1, 2], isClosed: true });
    isClosed = false;
    await reading(1);
    expect(isClosed).toBe(true);
  });

  it("leaves errors of who reads the items alone", async () => {
    async function* lines() {
      yield 1;
    }
    const mistake = new TypeError("ours");
    const reading = async () => {
      for await (const _ of inputItems(lines())) throw mistake;
    };
    await expect(reading()).rejects.toBe(mistake);
  });
});
