import { svg } from "../dom.js";
import type { CheckpointRow } from "../wire.gen.js";
import { laneWidth, laneX, type Neighbours, nodePath, ROW, segmentPath } from "./lanepath.js";

export interface LaneLook {
  lanes: number;
  selected: boolean;
  /** A long time passed between this checkpoint and the one below. */
  idle: boolean;
  next: Neighbours;
}

/** Draws a row's piece of the graph. Purely a picture: the words are in the other cells. */
export function paintLanes(picture: SVGSVGElement, row: CheckpointRow, look: LaneLook): void {
  const { lanes, selected, idle, next } = look;
  const width = laneWidth(lanes);
  picture.setAttribute("width", String(width));
  picture.setAttribute("height", String(ROW));
  const x = laneX(row.lane, lanes);
  const lines = [...row.segments]
    .sort((a, b) => Number(a.path) - Number(b.path)) // the path lies on top
    .map((segment) =>
      svg("path", {
        d: segmentPath(segment, lanes, next),
        class: [
          "lane",
          segment.path && "on",
          segment.dashed ? "sub" : idle && segment.part === "bottom" && "idle",
        ]
          .filter(Boolean)
          .join(" "),
      }),
    );
  const { d, hollow } = nodePath(row.source, x, selected);
  const node = svg("path", {
    d,
    class: `node${row.path || selected ? " on" : ""}${hollow ? " hollow" : ""}`,
  });
  const halo = selected ? [svg("circle", { cx: x, cy: ROW / 2, r: 7, class: "halo" })] : [];
  picture.replaceChildren(...lines, ...halo, node);
}
