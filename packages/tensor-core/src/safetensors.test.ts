import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as tf from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import {
  encodeSafetensors,
  hasEqualTensors,
  openSafetensors,
  readTensor,
  treeItems,
  writeSafetensors,
} from "./safetensors.js";
import { blobSource, bytesSink, bytesSource } from "./safetensors-bytes.js";
import { openSafetensorsFolder } from "./safetensors-files.js";
import { CPU_BACKEND, selectBackend } from "./select-backend.js";

/** A file as the format's description says: length, header, data. */
function handMade(header: string, data: number[] | Uint8Array = [], length = header.length): Uint8Array {
  const bytes = new Uint8Array(8 + header.length + data.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(new TextEncoder().encode(header), 8);
  bytes.set(data, 8 + header.length);
  return bytes;
}

const open = (bytes: Uint8Array) => openSafetensors(bytesSource("a.safetensors", bytes));

describe("openSafetensors", () => {
  beforeAll(() => selectBackend("cpu", [CPU_BACKEND]));

  it("reads a hand-made file of every format", async () => {
    const header = JSON.stringify({
      __metadata__: { format: "pt" },
      small: { dtype: "I8", shape: [2], data_offsets: [0, 2] },
      bytes: { dtype: "U8", shape: [1, 2], data_offsets: [2, 4] },
      half: { dtype: "F16", shape: [1], data_offsets: [4, 6] },
      brain: { dtype: "BF16", shape: [1], data_offsets: [6, 8] },
      none: { dtype: "F32", shape: [0, 3], data_offsets: [8, 8] },
      number: { dtype: "F32", shape: [], data_offsets: [8, 12] },
      ints: { dtype: "I32", shape: [1], data_offsets: [12, 16] },
      longs: { dtype: "I64", shape: [2], data_offsets: [16, 32] },
    });
    const data = [
      ...[0xff, 0x7f], // -1, 127
      ...[0xff, 0x7f], // 255, 127
      ...[0x00, 0x3e], // 1.5
      ...[0xc0, 0x3f], // 1.5
      ...[0x00, 0x00, 0x20, 0xc0], // -2.5
      ...[0xfe, 0xff, 0xff, 0xff], // -2
      ...[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x1f, 0x00], // 2^53 - 1
      ...[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], // -1
    ];
    const file = await open(handMade(header, data));
    expect(file.metadata).toEqual({ format: "pt" });
    expect([...file.entries.keys()]).toEqual("small bytes half brain none number ints longs".split(" "));
    expect(file.entries.get("bytes")).toMatchObject({ dtype: "U8", shape: [1, 2], sizeBytes: 2 });
    const read = async (name: string) => file.read(name);
    expect(await read("small")).toEqual(Int8Array.of(-1, 127));
    expect(await read("bytes")).toEqual(Uint8Array.of(255, 127));
    expect(await read("half")).toEqual(Float32Array.of(1.5));
    expect(await read("brain")).toEqual(Float32Array.of(1.5));
    expect(await read("none")).toEqual(new Float32Array());
    expect(await read("number")).toEqual(Float32Array.of(-2.5));
    expect(await read("ints")).toEqual(Int32Array.of(-2));
    expect(await read("longs")).toEqual(Float64Array.of(2 ** 53 - 1, -1));
  });

  it("reads of the file only what is asked for", async () => {
    const bytes = await encodeSafetensors([
      { name: "large", dtype: "F32", shape: [1000], values: new Float32Array(1000) },
      { name: "small", dtype: "F32", shape: [2], values: [1, 2] },
    ]);
    let sum = 0;
    const counted = {
      ...bytesSource("a", bytes),
      read: (offset: number, length: number) => {
        sum += length;
        return bytesSource("a", bytes).read(offset, length);
      },
    };
    const file = await openSafetensors(counted);
    const header = sum;
    expect(header).toBe(bytes.length - 4008);
    expect(await file.read("small")).toEqual(Float32Array.of(1, 2));
    expect(sum).toBe(header + 8);
  });

  it("reads a part of a tensor, and refuses one that it hasn't", async () => {
    const values = Float32Array.from({ length: 6 }, (_, i) => i);
    const bytes = await encodeSafetensors([{ name: "w", dtype: "BF16", shape: [2, 3], values }]);
    const file = await openSafetensors(bytesSource("f", bytes));
    expect([...(await file.read("w", { from: 2, count: 3 }))]).toEqual([2, 3, 4]);
    expect([...(await file.read("w", { from: 6, count: 0 }))]).toEqual([]);
    await expect(file.read("w", { from: 4, count: 3 })).rejects.toThrow(
      'f: "w": part: expected elements from 0 to 6, got 3 from 4',
    );
  });

  it("compares two tensors by shape and numbers, whatever their formats, in blocks", async () => {
    const long = new Float32Array(600_000).fill(1.5);
    const changed = long.slice();
    changed[599_999] = 1;
    const bytes = await encodeSafetensors([
      { name: "a", dtype: "F32", shape: [600_000], values: long },
      { name: "half", dtype: "BF16", shape: [600_000], values: long },
      { name: "changed", dtype: "F32", shape: [600_000], values: changed },
      { name: "shaped", dtype: "F32", shape: [600, 1000], values: long },
    ]);
    const file = await openSafetensors(bytesSource("f", bytes));
    const equal = await Promise.all(["half", "changed", "shaped"].map((name) => hasEqualTensors(file, "a", name)));
    expect(equal).toEqual([true, false, false]);
  });

  it("reads a blob", async () => {
    const bytes = await encodeSafetensors([{ name: "x", dtype: "BF16", shape: [3], values: [1, 2, 3] }]);
    const file = await openSafetensors(blobSource("upload", new Blob([bytes])));
    expect(await file.read("x")).toEqual(Float32Array.of(1, 2, 3));
  });

  const one = (fields: string, data: number[] = []) => handMade(`{"w":{${fields}}}`, data);
  const F32 = '"dtype":"F32","shape":[1]';
  const malformed: [what: string, file: Uint8Array, message: string | RegExp][] = [
    ["an empty file", new Uint8Array(), "a.safetensors: the file is truncated: expected a header, got 0 bytes"],
    ["a header longer than the file", handMade("{}", [], 3), "header: expected at most 2 bytes, got a length of 3"],
    ["a header longer than any", handMade("{}", [], 2 ** 60), "got a length of 1152921504606847000"],
    ["text that isn't JSON", handMade("{x}"), 'a.safetensors: header: expected JSON, got "{x}"'],
    ["JSON that isn't an object", handMade("[1]"), 'header: expected a JSON object, got "[1]"'],
    ["bytes that aren't UTF-8", handMade('{"?":0}').fill(0xff, 10, 11), "header: expected JSON in UTF-8"],
    ["an entry that isn't an object", handMade('{"w":7}'), 'a.safetensors: "w": expected an object, got 7'],
    ["no dtype", one('"shape":[1],"data_offsets":[0,4]'), '"w": dtype: expected a string, got undefined'],
    [
      "a bad shape",
      one('"dtype":"F32","shape":[-1],"data_offsets":[0,4]'),
      '"w": shape: expected a list of sizes, got [-1]',
    ],
    ["no offsets", one(F32), '"w": data_offsets: expected [begin, end], got undefined'],
    ["offsets in disorder", one(`${F32},"data_offsets":[4,0]`), '"w": data_offsets: expected [begin, end], got [4,0]'],
    ["a size that isn't the shape's", one(`${F32},"data_offsets":[0,8]`), '"w": expected 4 bytes for F32 [1], got 8'],
    [
      "data cut off",
      one(`${F32},"data_offsets":[0,4]`, [0, 0, 0]),
      'a.safetensors: "w": the file is truncated: expected 1 more bytes',
    ],
    [
      "data that's nobody's",
      one(`${F32},"data_offsets":[0,4]`, [0, 0, 0, 0, 0]),
      "the last 1 bytes belong to no tensor",
    ],
    [
      "a hole",
      one(`${F32},"data_offsets":[2,6]`, [0, 0, 0, 0, 0, 0]),
      '"w": data_offsets: 2 bytes before belong to no tensor',
    ],
    [
      "tensors that overlap",
      handMade(`{"v":{${F32},"data_offsets":[0,4]},"w":{${F32},"data_offsets":[2,6]}}`, [0, 0, 0, 0, 0, 0]),
      '"w": data_offsets: overlap the tensor before it',
    ],
    [
      "one name twice, however it's spelled",
      handMade(`{"w":{${F32},"data_offsets":[0,4]},"\\u0077":{${F32},"data_offsets":[0,4]}}`, [0, 0, 0, 0]),
      'a.safetensors: header: "w" comes twice',
    ],
    ["metadata that isn't text", handMade('{"__metadata__":{"a":1}}'), "__metadata__: expected an object of strings"],
  ];
  for (const [what, file, message] of malformed) {
    it(`refuses ${what}`, () => expect(open(file)).rejects.toThrow(message));
  }

  it("takes the same name at different places for what it is", async () => {
    const file = await open(
      handMade('{"__metadata__":{"w":"}"},"dtype":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}', [7]),
    );
    expect(await file.read("dtype")).toEqual(Uint8Array.of(7));
  });

  it("names the tensor that it can't read", async () => {
    const long = { dtype: "I64", shape: [1], data_offsets: [0, 8] };
    const wide = { dtype: "F64", shape: [1], data_offsets: [8, 16] };
    const bytes = handMade(JSON.stringify({ long, wide }), [0, 0, 0, 0, 0, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    const file = await open(bytes);
    await expect(file.read("long")).rejects.toThrow(
      'a.safetensors: "long": element 0: expected an integer up to 2^53 - 1 in size, got 9007199254740992',
    );
    await expect(file.read("wide")).rejects.toThrow('a.safetensors: "wide": dtype: expected F32, F16,');
    await expect(file.read("short")).rejects.toThrow('a.safetensors: lacks "short"');
  });

  it("notices a file that has become shorter since", async () => {
    const bytes = one(`${F32},"data_offsets":[0,4]`, [0, 0, 0, 0]);
    const file = await openSafetensors({ ...bytesSource("a", bytes.subarray(0, -1)), sizeBytes: bytes.length });
    await expect(file.read("w")).rejects.toThrow('a: "w": the file is truncated: expected 4 bytes');
  });

  it("makes tensors of floats and of integers that fit", async () => {
    const items = [
      { name: "long", dtype: "I64", shape: [2, 1], values: [3, -4] },
      { name: "wide", dtype: "I64", shape: [1], values: [2 ** 31] },
      { name: "half", dtype: "F16", shape: [2], values: [0.5, -1] },
    ] as const;
    const file = await open(await encodeSafetensors(items));
    const long = await readTensor(file, "long");
    expect([long.dtype, long.shape, Array.from(long.dataSync())]).toEqual(["int32", [2, 1], [3, -4]]);
    const half = await readTensor(file, "half");
    expect([half.dtype, Array.from(half.dataSync())]).toEqual(["float32", [0.5, -1]]);
    await expect(readTensor(file, "wide")).rejects.toThrow(
      '"wide": element 0: expected an integer of 32 bits, got 2147483648',
    );
  });
});

describe("writeSafetensors", () => {
  it("writes these bytes", async () => {
    const bytes = await encodeSafetensors([{ name: "é", dtype: "F32", shape: [1, 1], values: [1] }], { by: "me" });
    const header = '{"__metadata__":{"by":"me"},"é":{"dtype":"F32","shape":[1,1],"data_offsets":[0,4]}}';
    const utf8 = new TextEncoder().encode(header);
    const padding = 8 * Math.ceil(utf8.length / 8) - utf8.length;
    expect(Array.from(bytes)).toEqual([
      ...[utf8.length + padding, 0, 0, 0, 0, 0, 0, 0],
      ...utf8,
      ...Array(padding).fill(0x20),
      ...[0, 0, 0x80, 0x3f],
    ]);
  });

  it("puts every number at a multiple of its size, and metadata and values come back", async () => {
    const items = [
      { name: "10", dtype: "I8", shape: [3], values: [-128, 0, 127] },
      { name: "2", dtype: "F16", shape: [1], values: [2 ** -24] },
      { name: "u", dtype: "U8", shape: [1], values: [255] },
      { name: "b", dtype: "BF16", shape: [1], values: [-0.5] },
      { name: "f", dtype: "F32", shape: [], values: [Math.fround(0.1)] },
      { name: "i", dtype: "I32", shape: [2, 1], values: [2 ** 31 - 1, -(2 ** 31)] },
      { name: "l", dtype: "I64", shape: [1], values: [-(2 ** 53) + 1] },
    ] as const;
    const file = await open(await encodeSafetensors(items, { a: "1" }));
    expect(file.metadata).toEqual({ a: "1" });
    for (const { name, dtype, shape, values } of items) {
      const entry = file.entries.get(name)!;
      expect([name, entry.dtype, entry.shape]).toEqual([name, dtype, shape]);
      expect(entry.offset % (entry.sizeBytes / values.length)).toBe(0);
      expect(Array.from(await file.read(name))).toEqual(values);
    }
  });

  it("asks for the numbers of one tensor at a time", async () => {
    const log: string[] = [];
    const sink = { ...bytesSink(), write: async (bytes: Uint8Array) => void log.push(`${bytes.length} bytes`) };
    const make = (name: string) => ({
      name,
      dtype: "F32" as const,
      shape: [2],
      values: async () => {
        log.push(name);
        return [1, 2];
      },
    });
    await writeSafetensors(sink, [make("a"), make("b")]);
    expect(log.slice(1)).toEqual(["a", "8 bytes", "b", "8 bytes"]);
  });

  it("keeps the numbers of a tree", async () => {
    const tree = { blocks: [{ weight: tf.tensor2d([[1, 2.5]]) }], ids: tf.tensor1d([7], "int32") };
    const file = await open(await encodeSafetensors(treeItems(tree)));
    expect([...file.entries.keys()]).toEqual(["blocks.0.weight", "ids"]);
    expect(await file.read("blocks.0.weight")).toEqual(Float32Array.of(1, 2.5));
    expect(await file.read("ids")).toEqual(Int32Array.of(7));
  });

  it("refuses to narrow a number to an infinity, by tensor, element and value", async () => {
    const encode = (dtype: "F16" | "BF16" | "F32", values: number[], clamps = false) =>
      encodeSafetensors([{ name: "w", dtype, shape: [values.length], values, clamps }]);
    await expect(encode("F16", [1, 70_000])).rejects.toThrow(
      'writeSafetensors: "w": element 1: expected a number up to 65504 in size, the largest of F16, got 70000; clamp',
    );
    await expect(encode("F16", [-65_520])).rejects.toThrow("got -65520");
    await expect(encode("F16", [65_519.999999])).rejects.toThrow("got 65519.999999"); // a float32 of 65520
    await expect(encode("BF16", [3.4e38])).rejects.toThrow("the largest of BF16, got 3.4e+38");
    await expect(encode("F32", [1e39])).rejects.toThrow("the largest of F32, got 1e+39");
    const read = async (bytes: Uint8Array) => [...(await (await openSafetensors(bytesSource("f", bytes))).read("w"))];
    // What is rounded to the largest number, to 0, or was no number before is kept.
    const kept = [65_519, 1e-9, Number.POSITIVE_INFINITY, Number.NaN];
    expect(await read(await encode("F16", kept))).toEqual([65_504, 0, Number.POSITIVE_INFINITY, Number.NaN]);
    expect(await read(await encode("F16", [70_000, -1e30, 2], true))).toEqual([65_504, -65_504, 2]);
    const [largest] = await read(await encode("BF16", [3.4e38], true));
    expect(largest).toBe((2 - 2 ** -7) * 2 ** 127);
  });

  it("names the tensor that it can't write, and discards the rest", async () => {
    const write = (name: string, dtype: "I8" | "U8" | "I32" | "I64" | "F32", values: number[], shape = [1]) =>
      encodeSafetensors([{ name, dtype, shape, values }]);
    await expect(write("w", "I8", [128])).rejects.toThrow(
      'writeSafetensors: "w": element 0: expected an integer from -128 to 127, got 128',
    );
    await expect(write("w", "U8", [-1])).rejects.toThrow("from 0 to 255, got -1");
    await expect(write("w", "I32", [0.5])).rejects.toThrow(
      "expected an integer from -2147483648 to 2147483647, got 0.5",
    );
    await expect(write("w", "I64", [2 ** 53])).rejects.toThrow("got 9007199254740992");
    await expect(write("w", "F32", [1, 2])).rejects.toThrow('"w": expected 1 numbers for [1], got 2');
    await expect(write("__metadata__", "F32", [1])).rejects.toThrow("can't be the name of a tensor");
    const twice = { name: "w", dtype: "F32", shape: [1], values: [1] } as const;
    const sink = bytesSink();
    await expect(writeSafetensors(sink, [twice, twice])).rejects.toThrow('writeSafetensors: "w" comes twice');
    expect(sink.bytes().length).toBe(0);
  });
});

const FIXTURES = process.env.T5_FIXTURES ?? fileURLToPath(new URL("../../../../shared/fixtures", import.meta.url));
describe.skipIf(!existsSync(`${FIXTURES}/t5`))("openSafetensorsFolder on models of PyTorch", () => {
  for (const model of ["v1.0-relu-tied", "v1.1-gated-gelu-untied", "asymmetric-depth"]) {
    it(`reads ${model}, and the same numbers again after writing`, async () => {
      const file = await openSafetensorsFolder(`${FIXTURES}/t5/${model}`);
      expect(file.metadata).toEqual({ format: "pt" });
      expect(file.entries.get("encoder.final_layer_norm.weight")?.dtype).toBe("F32");
      const items = [...file.entries].map(([name, { shape }]) => ({
        name,
        dtype: "F32" as const,
        shape,
        values: () => file.read(name),
      }));
      const again = await open(await encodeSafetensors(items, file.metadata));
      expect(again.entries.size).toBe(file.entries.size);
      for (const [name, { shape }] of file.entries) {
        expect(again.entries.get(name)?.shape).toEqual(shape);
        expect(await again.read(name)).toEqual(await file.read(name));
      }
    });
  }
});
