import { availableParallelism, cpus, freemem, totalmem } from "node:os";
import { countParameters, formatT5Config, hasHuggingFaceNames } from "@t5ts/t5-model";
import { openT5Folder } from "@t5ts/t5-model/node";
import * as tf from "@tensorflow/tfjs-core";
import packageJson from "../../package.json" with { type: "json" };
import { startBackend, tryBackends } from "../backends.js";
import { checkModelFolder } from "../files/model-folder.js";
import { openFolderTokenizer } from "../files/tokenizer-file.js";
import type { CommandContext, SharedOptions } from "../run-command.js";
import { outColors } from "../terminal/colors.js";
import { formatBytes, formatCount, formatShort } from "../terminal/format-number.js";
import type { Output } from "../terminal/output.js";
import { wrapToWidth } from "../terminal/text-width.js";
import { readingInput } from "../usage-error.js";

/** What `t5 info` is told. */
export type InfoOptions = SharedOptions & { model?: string };

/** Prints what the command runs on, and a model if one is named. */
export async function showInfo({ model, backend }: InfoOptions, { output }: CommandContext): Promise<void> {
  showMachine(output);
  await showBackends(backend, output);
  if (model !== undefined) await showModel(model, output);
}

function showMachine(output: Output): void {
  const machine = {
    t5: packageJson.version,
    node: process.versions.node,
    tfjs: tf.version_core,
    platform: `${process.platform} ${process.arch}`,
    cpu: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    freeBytes: freemem(),
    sharedArrayBuffer: typeof SharedArrayBuffer !== "undefined",
    wasmSimd: WebAssembly.validate(SIMD_MODULE),
  };
  output.event({ event: "machine", ...machine });
  const yes = (value: boolean): string => (value ? "yes" : "no");
  showFields("This machine", output, [
    ["t5", `${machine.t5}, tfjs ${machine.tfjs}, Node ${machine.node}, ${machine.platform}`],
    ["CPU", `${machine.cores} × ${machine.cpu}`],
    ["memory", `${formatBytes(machine.memoryBytes)}, ${formatBytes(machine.freeBytes)} free`],
    ["platform", `SharedArrayBuffer ${yes(machine.sharedArrayBuffer)}, WebAssembly SIMD ${yes(machine.wasmSimd)}`],
  ]);
}

async function showBackends(wanted: string, output: Output): Promise<void> {
  const backends = await tryBackends();
  const choice = await startBackend(wanted);
  output.event({ event: "backends", backends, chosen: choice.name, reason: choice.reason });
  const rows = backends.map(({ name, isAvailable, about }): [string, string] => [
    name,
    `${isAvailable ? outColors.green("runs") : outColors.dim("doesn't run")}: ${about}`,
  ]);
  showFields("\nBackends", output, rows);
  const why = wanted === "auto" ? "the first that runs here" : "as asked for";
  output.line(`  chosen: ${outColors.bold(choice.name)}, ${why}`);
}

async function showModel(folder: string, output: Output): Promise<void> {
  await checkModelFolder(folder);
  const { config, file } = await readingInput(() => openT5Folder(folder));
  const tokenizer = await openFolderTokenizer(folder).catch((error: Error) => error);
  const dtypes = [...new Set([...file.entries.values()].map(({ dtype }) => dtype))].join(", ");
  const sizeBytes = [...file.entries.values()].reduce((sum, entry) => sum + entry.sizeBytes, 0);
  const parameters = countParameters(config);
  const vocabulary =
    tokenizer instanceof Error ? undefined : { vocabSize: tokenizer.vocabSize, special: tokenizer.special };
  output.event({
    event: "model",
    folder,
    parameters,
    published: hasHuggingFaceNames(config),
    config: formatT5Config(config),
    dtypes,
    sizeBytes,
    vocabulary: vocabulary ?? null,
  });
  const { numLayers, numDecoderLayers, dModel, dFf, dKv, numHeads, vocabSize, positions } = config;
  showFields(`\n${folder}`, output, [
    ["kind", hasHuggingFaceNames(config) ? "a published T5, which Hugging Face loads too" : "not a published T5"],
    ["parameters", `${formatShort(parameters)} (${formatCount(parameters)})`],
    ["numbers", `${dtypes}, ${formatBytes(sizeBytes)}`],
    ["layers", `${numLayers} encoder, ${numDecoderLayers} decoder, ${config.decoderAttention} attention`],
    ["widths", `model ${dModel}, feed-forward ${dFf} (${config.feedForwardProj}), ${numHeads} heads of ${dKv}`],
    ["positions", positions.kind === "relative" ? `relative, ${positions.numBuckets} buckets` : positions.kind],
    ["output", config.tieWordEmbeddings ? "the embedding table" : "a matrix of its own"],
    [
      "tasks",
      Object.entries(config.taskLayers)
        .map(([name, { kind }]) => `${name} (${kind})`)
        .join(", ") || "no layers",
    ],
    ["classifiers", Object.keys(config.classifiers).join(", ") || "none"],
    [
      "vocabulary",
      tokenizer instanceof Error
        ? tokenizer.message
        : `${formatCount(tokenizer.vocabSize)} ids for ${formatCount(vocabSize)} rows`,
    ],
  ]);
}

function showFields(title: string, output: Output, fields: [string, string][]): void {
  output.line(outColors.bold(title));
  const width = Math.max(...fields.map(([name]) => name.length)) + 4;
  for (const [name, value] of fields) {
    for (const [i, line] of wrapToWidth(value, (process.stdout.columns || 80) - width).entries()) {
      output.line(`${i === 0 ? `  ${outColors.dim(name.padEnd(width - 4))}  ` : " ".repeat(width)}${line}`);
    }
  }
}

/** The smallest module with an instruction of that kind, `i8x16.splat`. */
const SIMD_MODULE = Uint8Array.from([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11,
]);
