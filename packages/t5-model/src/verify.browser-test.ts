import { bytesSource, openSafetensors, selectBackend, WASM_BACKEND } from "@t5ts/tensor-core";
import { setWasmPaths } from "@tensorflow/tfjs-backend-wasm";
import plain from "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url";
import simd from "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url";
import threaded from "@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url";
import { expect, it } from "vitest";
import cases from "../fixtures/v1.1-gated-gelu-untied/cases.json";
import config from "../fixtures/v1.1-gated-gelu-untied/config.json";
import weights from "../fixtures/v1.1-gated-gelu-untied/model.safetensors?url";
import { loadT5 } from "./checkpoint/checkpoint.js";
import { parseT5Config } from "./checkpoint/parse-config.js";
import { type VerifyCase, verifyT5 } from "./verify.js";

it("gives transformers' numbers and texts in a page", async () => {
  setWasmPaths({
    "tfjs-backend-wasm.wasm": plain,
    "tfjs-backend-wasm-simd.wasm": simd,
    "tfjs-backend-wasm-threaded-simd.wasm": threaded,
  });
  await selectBackend("wasm", [WASM_BACKEND]);
  const bytes = new Uint8Array(await (await fetch(weights)).arrayBuffer());
  const file = await openSafetensors(bytesSource("model.safetensors", bytes));
  const model = await loadT5(parseT5Config(config), file);
  const checks = await verifyT5(model, cases.cases as unknown as VerifyCase[]);
  expect(checks.filter(({ verdict }) => verdict !== "passed")).toEqual([]);
  expect(checks.length).toBeGreaterThan(20);
});
