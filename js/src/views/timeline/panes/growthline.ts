import { h, span, svg } from "../../../dom.js";
import type { ChannelWeight } from "../../../wire.gen.js";

const WIDTH = 56;
const HEIGHT = 14;

/** The path through the points, oldest at the left; the greatest reaches the top, nothing the bottom. */
export function linePath(points: readonly number[], width = WIDTH, height = HEIGHT): string {
  const most = Math.max(...points, 1);
  const pitch = points.length > 1 ? width / (points.length - 1) : width;
  const round = (n: number) => Math.round(10 * n) / 10;
  const at = points.map((n, i) => `${round(i * pitch)} ${round(height - (height * Math.max(0, n)) / most)}`);
  return at.length === 1 ? `M${at[0]}H${width}` : `M${at.join("L")}`;
}

/** How a channel's bytes grew down to this checkpoint. */
export function growthLine(points: readonly number[], growth: ChannelWeight["growth"]): HTMLElement {
  const said = { "": "steady", linear: "grows linearly", quadratic: "grows quadratically" }[growth];
  const picture =
    points.length > 0 &&
    svg(
      "svg",
      {
        class: "growth",
        width: WIDTH,
        height: HEIGHT + 2,
        viewBox: `0 -1 ${WIDTH} ${HEIGHT + 2}`,
        "aria-hidden": "true",
      },
      svg("path", { d: linePath(points) }),
    );
  return h(
    "span",
    { class: `growing ${growth}`, title: said },
    picture,
    growth === "quadratic" ? h("b", { class: "miss" }, "n\u00b2") : null,
    span("sr", ` ${said}`),
  );
}
