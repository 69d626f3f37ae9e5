import { expectReadmeProgram, expectReadmeTable } from "@t5ts/testing/readme";
import { describe, it } from "vitest";
import * as main from "./index.js";

describe("the README", () => {
  it("shows a program and what it prints", () =>
    expectReadmeProgram(import.meta.url, () => import("./testing/readme.js")));

  it("names every export", () => expectReadmeTable(import.meta.url, main));
});
