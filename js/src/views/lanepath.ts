import type { Segment } from "../wire.gen.js";

/** Where lanes and the pieces of line between them lie, in pixels; no DOM. */

export const ROW = 24;
const MARGIN = 16;
const SPACING = 15;
const MAX_WIDTH = 150;

/** The width of the column that holds so many lanes; beyond ten they move closer together. */
export function laneWidth(lanes: number): number {
  return Math.max(62, Math.min(MAX_WIDTH, 2 * MARGIN + SPACING * (lanes - 1)));
}

export function laneX(lane: number, lanes: number): number {
  const spacing = lanes > 1 ? Math.min(SPACING, (MAX_WIDTH - 2 * MARGIN) / (lanes - 1)) : 0;
  return Math.round((MARGIN + lane * spacing) * 2) / 2;
}

/** A straight line, or an S where the lane changes. */
export function segmentPath({ part, top, bottom }: Segment, lanes: number): string {
  const from = part === "bottom" ? ROW / 2 : 0;
  const to = part === "top" ? ROW / 2 : ROW;
  const x1 = laneX(top, lanes);
  const x2 = laneX(bottom, lanes);
  if (x1 === x2) return `M${x1} ${from}V${to}`;
  const bend = (to - from) * 0.7;
  return `M${x1} ${from}C${x1} ${from + bend} ${x2} ${to - bend} ${x2} ${to}`;
}

/** The outline of a node by what made the checkpoint, around (x, ROW / 2). */
export function nodePath(source: string, x: number, small = false): { d: string; hollow: boolean } {
  const y = ROW / 2;
  if (source === "update") {
    const a = small ? 3.25 : 3.75;
    return { d: `M${x - a} ${y - a}h${2 * a}v${2 * a}h${-2 * a}z`, hollow: false };
  }
  if (source === "fork") {
    const a = small ? 4.25 : 5.25;
    return { d: `M${x} ${y - a}l${a} ${a}-${a} ${a}-${a}-${a}z`, hollow: false };
  }
  const r = small ? 3.5 : 4;
  return {
    d: `M${x - r} ${y}a${r} ${r} 0 1 1 ${2 * r} 0a${r} ${r} 0 1 1 ${-2 * r} 0z`,
    hollow: source === "input",
  };
}
