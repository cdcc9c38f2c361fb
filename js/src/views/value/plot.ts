import { div, h, svg } from "../../dom.js";
import { count } from "../../format.js";
import { visible } from "../../text.js";
import type { Of, Part } from "./blocks.js";
import { bounds, columnsPath, figure } from "./plotpath.js";

const TOP = 6;
const PLOT = 72;
const HEIGHT = TOP + PLOT + 18;

export function plotPart({ label, style, low, high, first, last }: Of<"plot">): Part {
  const [least, most] = bounds(low, high);
  const said = `${label}: ${count(high.length)} ${style === "bars" ? style : "points"} from ${figure(least)} to ${figure(most)}`;
  const y = (n: number) => TOP + PLOT * (1 - (n - least) / (most - least));
  const text = (words: string, y: number, anchor = "end") =>
    svg("text", { y, "text-anchor": anchor }, visible(words, 40));
  const scale = [text(figure(most), TOP + 4), text(figure(least), TOP + PLOT + 3)];
  const from = text(first, HEIGHT - 2, "start");
  const to = text(last, HEIGHT - 2);
  const axis = svg("path", { class: "baseline" });
  const shape = svg("path", { class: "shape" });
  const attributes = { height: HEIGHT, role: "img", "aria-label": visible(said) };
  const picture = svg("svg", attributes, axis, shape, ...scale, from, to);
  const element = div("plotblock", h("h3", { class: "s" }, visible(label)), picture);
  const left = 10 + 6.2 * Math.max(...scale.map((text) => text.textContent.length));

  const observer = new ResizeObserver(([entry]) => {
    const { width } = entry!.contentRect;
    picture.setAttribute("width", String(width));
    axis.setAttribute("d", `M${left} ${y(Math.min(Math.max(0, least), most))}H${width}`);
    const pitch = Math.max(0, width - left) / high.length;
    shape.setAttribute("d", columnsPath(low, high, left, pitch, y, style === "line"));
    for (const text of scale) text.setAttribute("x", String(left - 6));
    from.setAttribute("x", String(left));
    to.setAttribute("x", String(width));
  });
  observer.observe(element);
  return { element, text: () => said, dispose: () => observer.disconnect() };
}
