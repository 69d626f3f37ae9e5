import type { AttentionPicture, LossCurve, ReportData } from "./report-data.js";

/** What we use of uPlot, which the page holds as a script. */
type Chart = new (options: object, data: (number | null | undefined)[][], place: HTMLElement) => unknown;

/**
 * Draws the report in the page that it runs in.
 *
 * It goes into the page as its own text (`drawReport.toString()`), so nothing in it may be imported but types.
 */
export function drawReport(data: ReportData, UPlot: Chart): void {
  const colors = ["#2563eb", "#ea580c", "#16a34a", "#9333ea"];
  const place = (id: string): HTMLElement => document.getElementById(id) as HTMLElement;
  const element = (tag: string, text = "", className = ""): HTMLElement => {
    const made = document.createElement(tag);
    made.textContent = text;
    made.className = className;
    return made;
  };

  function drawCurves(curves: LossCurve[]): void {
    for (const chart of new Set(curves.map((curve) => curve.chart))) {
      const lines = curves.filter((curve) => curve.chart === chart);
      const steps = [...new Set(lines.flatMap((line) => line.steps))].sort((a, b) => a - b);
      const values = lines.map((line) => {
        const byStep = new Map(line.steps.map((step, i) => [step, line.losses[i]]));
        return steps.map((step) => byStep.get(step));
      });
      const figure = element("figure");
      place("curves").append(figure);
      const width = Math.max(280, Math.min(440, figure.clientWidth));
      const series = lines.map((line, i) => ({ label: line.name, stroke: colors[i], width: 1.5, spanGaps: true }));
      const axes = [
        { label: "step", labelSize: 18 },
        { label: "loss", labelSize: 18 },
      ];
      const options = {
        title: chart,
        width,
        height: 240,
        scales: { x: { time: false } },
        series: [{ label: "step" }, ...series],
        axes,
      };
      new UPlot(options, [steps, ...values], figure);
    }
  }

  function drawTable({ metrics, rows }: ReportData["table"]): void {
    const table = place("table");
    const head = element("tr");
    head.append(element("th", "model"), ...metrics.map((metric) => element("th", metric, "number")));
    table.append(head);
    for (const { name, values } of rows) {
      const row = element("tr");
      const cells = values.map((value) => element("td", value === undefined ? "–" : value.toFixed(3), "number"));
      row.append(element("td", name), ...cells);
      table.append(row);
    }
  }

  function drawSamples(samples: ReportData["samples"]): void {
    for (const { input, expected, rows } of samples) {
      const list = element("dl");
      list.append(element("dt", "input"), element("dd", input), element("dt", "expected"), element("dd", expected));
      for (const { name, output } of rows) {
        list.append(element("dt", name), element("dd", output, output === expected ? "right" : ""));
      }
      place("samples").append(list);
    }
  }

  function drawAttention({ title, queries, keys, layers }: AttentionPicture): void {
    place("attention-title").textContent = title;
    const select = place("attention-choice") as HTMLSelectElement;
    for (const [layer, heads] of layers.entries()) {
      for (const head of ["mean", ...heads.keys()]) {
        const option = element(
          "option",
          `layer ${layer + 1}, ${head === "mean" ? "mean of heads" : `head ${Number(head) + 1}`}`,
        );
        (option as HTMLOptionElement).value = `${layer} ${head}`;
        select.append(option);
      }
    }
    // Deeper layers tell more about the words.
    select.value = `${layers.length - 1} mean`;
    const draw = (): void => {
      const [layer, head] = select.value.split(" ") as [string, string];
      const heads = layers[Number(layer)] as number[][][];
      const chosen = head === "mean" ? heads : [heads[Number(head)] as number[][]];
      const weight = (query: number, key: number): number =>
        chosen.reduce((sum, matrix) => sum + (matrix[query]?.[key] ?? 0), 0) / chosen.length;
      const table = element("table", "", "heat");
      const header = element("tr");
      header.append(
        element("th"),
        ...keys.map((key) => {
          const cell = element("th");
          cell.append(element("span", key));
          return cell;
        }),
      );
      table.append(header);
      for (const [query, label] of queries.entries()) {
        const row = element("tr");
        row.append(element("th", label));
        for (const [key, word] of keys.entries()) {
          const cell = element("td");
          const share = weight(query, key);
          cell.style.background = `rgba(37, 99, 235, ${share.toFixed(3)})`;
          cell.title = `${label} → ${word}: ${share.toFixed(3)}`;
          row.append(cell);
        }
        table.append(row);
      }
      place("attention").replaceChildren(table);
    };
    select.addEventListener("change", draw);
    draw();
  }

  place("summary").textContent = data.summary;
  drawTable(data.table);
  drawCurves(data.curves);
  drawAttention(data.attention);
  drawSamples(data.samples);
}
