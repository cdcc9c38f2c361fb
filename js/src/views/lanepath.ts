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

/** Lanes at a row's edges at which the neighbour's line bends: the bend reaches into this row. */
export interface Neighbours {
  above: ReadonlySet<number>;
  below: ReadonlySet<number>;
}

const REACH = 6; // as far as a node's surround leaves free

const bendsAt = (row: { segments: readonly Segment[] } | undefined, part: "top" | "bottom") =>
  new Set((row?.segments ?? []).filter((s) => s.part === part && s.top !== s.bottom).map((s) => s[part]));

/** What the rows above and below do where they meet this one. */
export function neighbours(
  above: { segments: readonly Segment[] } | undefined,
  below: { segments: readonly Segment[] } | undefined,
): Neighbours {
  return { above: bendsAt(above, "bottom"), below: bendsAt(below, "top") };
}

/**
 * A straight line, or an S where the lane changes. An S reaches a little into the next row, which
 * leaves that piece out, unless that one bends there as well.
 */
export function segmentPath({ part, top, bottom }: Segment, lanes: number, next: Neighbours): string {
  let from = part === "bottom" ? ROW / 2 : 0;
  let to = part === "top" ? ROW / 2 : ROW;
  const straight = top === bottom;
  if (part !== "bottom" && next.above.has(top)) from += straight ? REACH : 0;
  else if (part === "top" && !straight) from -= REACH;
  if (part !== "top" && next.below.has(bottom)) to -= straight ? REACH : 0;
  else if (part === "bottom" && !straight) to += REACH;
  const x1 = laneX(top, lanes);
  const x2 = laneX(bottom, lanes);
  if (straight) return `M${x1} ${from}V${to}`;
  const bend = (to - from) * 0.6;
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
