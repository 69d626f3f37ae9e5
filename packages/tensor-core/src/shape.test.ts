import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { CPU_BACKEND, selectBackend } from "./select-backend.js";
import { checkShape } from "./shape.js";

describe("checkShape", () => {
  beforeAll(() => selectBackend("cpu", [CPU_BACKEND]));

  it("gives the sizes of the named dimensions", () => {
    expect(checkShape("x", tf.zeros([2, 3, 4]), ["batch", "length", 4])).toEqual({ batch: 2, length: 3 });
    expect(checkShape("x", tf.zeros([2, 3, 4]), ["...", 4])).toEqual({});
  });

  it("says what was expected and what came", () => {
    expect(() => checkShape("attend: x", tf.zeros([2, 768]), ["batch", "queryLength", 512])).toThrow(
      "attend: x: expected [batch, queryLength, 512], got [2, 768]",
    );
    expect(() => checkShape("f: y", tf.zeros([3]), ["length"], { length: 2 })).toThrow(
      "f: y: expected [length=2], got [3]",
    );
  });

  it("asks dimensions of the same name to agree", () => {
    expect(() => checkShape("m", tf.zeros([2, 3]), ["n", "n"])).toThrow("m: expected [n, n], got [2, 3]");
  });
});
