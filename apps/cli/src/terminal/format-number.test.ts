import { describe, expect, it } from "vitest";
import { formatBytes, formatCount, formatDuration, formatShort } from "./format-number.js";

describe("numbers as people read them", () => {
  it("count with commas", () => {
    expect(formatCount(60506624)).toBe("60,506,624");
  });

  it("are short with three digits", () => {
    expect([0, 7, 999, 1000, 45440, 60506624, 999_600, 1.1e10].map(formatShort)).toEqual([
      ...["0", "7", "999", "1.00k", "45.4k", "60.5M", "1.00M", "11.0G"],
    ]);
  });

  it("are sizes in powers of 1000", () => {
    expect([0, 999, 1000, 20_120, 99_960, 242_000_000, 5e9].map(formatBytes)).toEqual([
      ...["0 bytes", "999 bytes", "1.00 kB", "20.1 kB", "100 kB", "242 MB", "5.00 GB"],
    ]);
  });

  it("are times in their two largest units", () => {
    expect([0, 999, 1000, 59_400, 95_000, 3_600_000, 7_380_000, 200_000_000].map(formatDuration)).toEqual([
      ...["0 ms", "999 ms", "1 s", "59 s", "1 min 35 s", "1 h 0 min", "2 h 3 min", "2 d 7 h"],
    ]);
  });
});
