import { describe, expect, it } from "vitest";
import { byteCount, integerFrom, numberThat } from "./option-values.js";

describe("values of options", () => {
  it("are integers in a range", () => {
    expect(integerFrom(1)("12")).toBe(12);
    for (const text of ["0", "1.5", "x", "", " ", "1e3", "1e400", "0x10", "5.0", " 5", "+5", "-3"]) {
      expect(() => integerFrom(1)(text)).toThrow("Expected an integer from 1 on.");
    }
    expect(() => integerFrom(0, 9)("10")).toThrow("Expected an integer from 0 to 9.");
  });

  it("are numbers with a property", () => {
    const share = numberThat((value) => value > 0 && value <= 1, "a share");
    expect(share("0.25")).toBe(0.25);
    for (const text of ["0", "1.01", "NaN", ""]) expect(() => share(text)).toThrow("Expected a share.");
  });

  it("are sizes in powers of 1000 or 1024", () => {
    expect(["500MB", "2GB", "1.5 GiB", "20kB", "1000", "7B"].map(byteCount)).toEqual([
      ...[5e8, 2e9, 1.5 * 1024 ** 3, 20_000, 1000, 7],
    ]);
    for (const text of ["0", "MB", "2 apples", "-1GB", "1.2.3MB", ""])
      expect(() => byteCount(text)).toThrow("a size such as");
  });
});
