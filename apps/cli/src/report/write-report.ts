import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { drawReport } from "./draw-report.js";
import type { ReportData } from "./report-data.js";

/**
 * Writes a report as one page, `index.html` in `folder`, that needs nothing else: data, drawing and the chart library
 * are in it.
 *
 * @returns The path of the page.
 */
export async function writeReport(folder: string, data: ReportData): Promise<string> {
  const { resolve } = createRequire(import.meta.url);
  const [script, style] = await Promise.all(
    ["uplot/dist/uPlot.iife.min.js", "uplot/dist/uPlot.min.css"].map((file) => readFile(resolve(file), "utf8")),
  );
  await mkdir(folder, { recursive: true });
  const path = join(folder, "index.html");
  await writeFile(path, renderPage(data, { script: script as string, style: style as string }));
  return path;
}

function renderPage(data: ReportData, { script, style }: { script: string; style: string }): string {
  // In a script, "</" could end it; in JSON it may be written so that it can't.
  const json = JSON.stringify(data).replaceAll("<", "\\u003c");
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(data.title)}</title>
<style>${style}</style>
<style>${PAGE_STYLE}</style>
<main>
  <h1>${escapeHtml(data.title)}</h1>
  <p id="summary"></p>
  <h2>How well</h2>
  <table id="table"></table>
  <h2>How it learned</h2>
  <div id="curves"></div>
  <h2>Where it looks</h2>
  <p><span id="attention-title"></span> <select id="attention-choice" aria-label="layer and head"></select></p>
  <div id="attention"></div>
  <h2>What it says</h2>
  <div id="samples"></div>
</main>
<script>${script}</script>
<script>(${drawReport.toString()})(${json}, uPlot);</script>
</html>
`;
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

const PAGE_STYLE = `
  :root { color-scheme: light; font: 16px/1.5 system-ui, sans-serif; }
  body { margin: 0; color: #1f2937; background: #fff; }
  main { max-width: 60rem; margin: 0 auto; padding: 1rem 1.5rem 4rem; }
  h1 { font-size: 1.6rem; } h2 { font-size: 1.15rem; margin-top: 2.5rem; }
  table { border-collapse: collapse; }
  #table td, #table th { padding: .3rem .9rem .3rem 0; text-align: left; border-bottom: 1px solid #e5e7eb; }
  #table .number { text-align: right; font-variant-numeric: tabular-nums; padding-left: 1rem; }
  #curves { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr)); gap: 1.5rem; }
  figure { margin: 0; min-width: 0; }
  #attention { overflow-x: auto; }
  .heat { font-size: .8rem; border-spacing: 0; }
  .heat th { font-weight: normal; text-align: right; padding: 0 .4rem; white-space: pre; }
  .heat tr:first-child th { vertical-align: bottom; padding: .2rem 0; }
  .heat tr:first-child span { writing-mode: vertical-rl; transform: rotate(180deg); }
  .heat td { min-width: 1.3rem; height: 1.3rem; border: 1px solid #eef2ff; padding: 0; }
  dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; padding: .8rem 0; margin: 0; border-bottom: 1px solid #e5e7eb; }
  dt { color: #6b7280; } dd { margin: 0; overflow-wrap: anywhere; }
  .right { color: #15803d; }
`;
