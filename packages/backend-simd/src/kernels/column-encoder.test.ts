import { vi } from "vitest";
import { testEncoder } from "../testing/encoder.js";

// So that it's tested where no library favours columns, too, and with any number of them.
vi.mock("../multiply.js", async (importOriginal) => ({
  ...(await importOriginal<typeof import("../multiply.js")>()),
  areFasterTransposed: () => true,
}));

testEncoder("Encoder, tokens as columns");
