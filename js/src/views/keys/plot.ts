import { h, setText, svg } from "../../dom.js";
import { count } from "../../format.js";
import { visible } from "../../text.js";
import type { Of, Part } from "./blocks.js";
import { bandPath, barsPath, bounds, figure } from "./plotpath.js";

const TOP = 6;
const PLOT = 72;
const HEIGHT = TOP + PLOT + 18;

export function plotPart({ label, style, low, high, first, last }: Of<"plot">): Part {
  const [least, most] = bounds(style === "bars" ? [0] : low, high);
  const said = `${label}: ${count(high.length)} ${style === "bars" ? "bars" : "points"}, from ${figure(least)} to ${figure(most)}, ${first} to ${last}`;
  const grid = svg("path", { class: "gridlines" });
  const base = svg("path", { class: "baseline" });
  const band = svg("path", { class: "band" });
  const line = svg("path", { class: "line" });
  const upper = svg("text", { y: TOP + 4, "text-anchor": "end" }, figure(most));
  const lower = svg("text", { y: TOP + PLOT + 3, "text-anchor": "end" }, figure(least));
  const from = svg("text", { y: HEIGHT - 2 }, visible(first, 40));
  const to = svg("text", { y: HEIGHT - 2, "text-anchor": "end" }, visible(last, 40));
  const marks = [grid, band, line, base, upper, lower, from, to];
  const picture = svg("svg", { height: HEIGHT, role: "img", "aria-label": visible(said, 300) }, ...marks);
  const title = h("h3", { class: "s" });
  setText(title, visible(label, 200));
  const element = h("div", { class: "plotblock" }, title, picture);
  const left = 10 + 6.2 * Math.max(upper.textContent.length, lower.textContent.length);

  function draw(width: number): void {
    const inner = width - left - 1;
    if (inner < 20) return;
    const y = (n: number) => TOP + PLOT * (1 - (n - least) / (most - least));
    const zero = y(Math.min(Math.max(0, least), most));
    picture.setAttribute("width", String(width));
    grid.setAttribute("d", `M${left} ${TOP}H${width}M${left} ${TOP + PLOT}H${width}`);
    base.setAttribute("d", `M${left} ${zero}H${width}`);
    if (style === "bars") band.setAttribute("d", barsPath(high, left, inner / high.length, y));
    else {
      const paths = bandPath(low, high, (i) => left + (inner * i) / Math.max(1, high.length - 1), y);
      band.setAttribute("d", paths.band);
      line.setAttribute("d", paths.line);
    }
    from.setAttribute("x", String(left));
    to.setAttribute("x", String(width));
  }

  const observer = new ResizeObserver(([entry]) => draw(entry!.contentRect.width));
  observer.observe(element);
  element.classList.toggle("bars", style === "bars");
  return { element, text: () => said, dispose: () => observer.disconnect() };
}
