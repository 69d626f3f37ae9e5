import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, it } from "vitest";
import { type ByteSource, blobSource, bytesSource, urlSource } from "./byte-source.js";
import { collect } from "./collect.js";

describe("sources", () => {
  it("read bytes, text, blobs and addresses from the start each time", async () => {
    const bytes = new TextEncoder().encode("héllo");
    const sources = [bytesSource("a", bytes), bytesSource("b", "héllo"), blobSource("c", new Blob([bytes]))];
    for (const source of [...sources, urlSource("data:text/plain;charset=utf-8,h%C3%A9llo")]) {
      for (let time = 0; time < 2; time++) expect(await readAll(source)).toEqual([...bytes]);
    }
  });

  it("name an address that doesn't answer with a file", async () => {
    const server = createServer((_, response) => response.writeHead(404).end()).listen(0);
    try {
      const url = `http://localhost:${(server.address() as AddressInfo).port}/corpus.txt`;
      await expect(readAll(urlSource(url))).rejects.toThrow(`${url}: expected a file, got status 404`);
    } finally {
      server.close();
    }
  });

  it("are let go when reading stops early", async () => {
    let isCancelled = false;
    const stream = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(8)),
      cancel: () => {
        isCancelled = true;
      },
    });
    const blob = { stream: () => stream } as Blob;
    for await (const _ of blobSource("endless", blob).open()) break;
    expect(isCancelled).toBe(true);
  });
});

async function readAll(source: ByteSource): Promise<number[]> {
  return (await collect(source.open())).flatMap((chunk) => [...chunk]);
}
