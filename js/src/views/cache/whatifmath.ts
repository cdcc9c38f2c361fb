/** Geometry of the what-if chart: scales, ticks, paths, and where labels stand. */

export type Unit = "ratio" | "seconds" | "tokens";

export interface Point {
  x: number;
  y: number;
}

export interface Box {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

const NICE = [1, 2, 4, 5, 10];
const MINUTE = 60;
const HOUR = 3600;
const DAY = 24 * HOUR;
const TIMES = [1, 2, 5, 10, 15, 20, 30].flatMap((n) => [n, n * MINUTE]);
const LONG = [1, 2, 3, 4, 6, 12, 24].map((n) => n * HOUR);

/** Sizes as places from `left` to `right`, on a logarithmic scale. */
export function logScale(sizes: readonly number[], left: number, right: number): (size: number) => number {
  const low = Math.log(sizes[0] ?? 1);
  const span = Math.log(sizes.at(-1) ?? 1) - low;
  return (size) => (span > 0 ? left + ((Math.log(size) - low) / span) * (right - left) : right);
}

/** The sizes 1, 2 and 5 times a power of ten; those that get a label are `room` pixels apart or more. */
export function sizeTicks(sizes: readonly number[], width: number, room: number): Map<number, boolean> {
  const [low, high] = [sizes[0] ?? 1, sizes.at(-1) ?? 1];
  const x = logScale(sizes, 0, width);
  const ticks = new Map<number, boolean>();
  const labelled: number[] = [];
  for (const digit of [1, 5, 2]) {
    for (let size = digit; size <= high; size *= 10) {
      if (size < low) continue;
      const fits = labelled.every((each) => Math.abs(x(size) - x(each)) >= room);
      ticks.set(size, fits);
      if (fits) labelled.push(size);
    }
  }
  // Too narrow a range for round numbers: its ends.
  if (labelled.length < 2) for (const size of [low, high]) ticks.set(size, true);
  return ticks;
}

/** From 0 in two or three round steps, the last at or below `most`. */
export function valueTicks(most: number, unit: Unit): number[] {
  if (!(most > 0)) return [0];
  const step = roundBelow(most / 2, unit);
  return Array.from({ length: Math.floor(most / step + 1e-9) + 1 }, (_, i) => i * step);
}

function roundBelow(value: number, unit: Unit): number {
  if (unit === "seconds" && value >= 1) {
    if (value >= 2 * DAY) return DAY * roundBelow(value / DAY, "ratio");
    return Math.max(...[...TIMES, ...LONG].filter((each) => each <= value));
  }
  const power = 10 ** Math.floor(Math.log10(value) + 1e-9);
  return Math.max(...NICE.map((each) => each * power).filter((each) => each <= value * (1 + 1e-9)));
}

/** Position of the size that is nearest on the logarithmic scale. */
export function nearest(sizes: readonly number[], size: number): number {
  let best = 0;
  for (const [i, each] of sizes.entries()) {
    if (Math.abs(Math.log(each / size)) < Math.abs(Math.log(sizes[best]! / size))) best = i;
  }
  return best;
}

/** A smooth line through the points that turns nowhere but at them (Fritsch and Carlson's monotone cubic). */
export function linePath(points: readonly Point[]): string {
  const slopes = points.map((point, i) => {
    const [before, after] = [rise(points[i - 1], point), rise(point, points[i + 1])];
    if (before === null || after === null) return before ?? after ?? 0;
    return before * after > 0 ? (2 * before * after) / (before + after) : 0;
  });
  return points
    .map(({ x, y }, i) => {
      const last = points[i - 1];
      if (!last) return `M${round(x)} ${round(y)}`;
      const third = (x - last.x) / 3;
      const [from, to] = [last.y + third * slopes[i - 1]!, y - third * slopes[i]!];
      return `C${round(last.x + third)} ${round(from)} ${round(x - third)} ${round(to)} ${round(x)} ${round(y)}`;
    })
    .join("");
}

const rise = (a: Point | undefined, b: Point | undefined) =>
  a && b && b.x > a.x ? (b.y - a.y) / (b.x - a.x) : null;

export const round = (value: number) => Math.round(value * 10) / 10;

/** Whether a line comes through the box. */
export function crosses(points: readonly Point[], { left, right, top, bottom }: Box): boolean {
  for (let i = 1; i < points.length; i++) {
    const [a, b] = [points[i - 1]!, points[i]!];
    const [from, to] = [Math.max(a.x, left), Math.min(b.x, right)];
    if (from > to) continue;
    const at = (x: number) => (b.x === a.x ? b.y : a.y + ((x - a.x) / (b.x - a.x)) * (b.y - a.y));
    const [one, other] = [at(from), at(to)];
    if (Math.max(one, other) >= top && Math.min(one, other) <= bottom) return true;
  }
  return false;
}

/** A label that stands beside a vertical line. */
export interface Flag {
  x: number;
  width: number;
  height: number;
}

export interface Placed extends Box {
  side: "left" | "right";
  /** Whether nothing is in the way. */
  clear: boolean;
}

/**
 * Places for labels beside their vertical lines within `area`, the first one first: as low as may be,
 * over no curve and no label placed before, and over no other line where that can be helped.
 */
export function placeFlags(
  flags: readonly Flag[],
  area: Box,
  curves: readonly (readonly Point[])[],
): Placed[] {
  const placed: Placed[] = [];
  for (const flag of flags) {
    const others = flags.filter((each) => each !== flag).map(({ x }) => x);
    let best = beside(flag, "right", area.bottom);
    let least = Number.POSITIVE_INFINITY;
    for (let bottom = area.bottom; bottom - flag.height >= area.top; bottom -= 7) {
      // Away from the other line, else to the right: curves rise to there, below them is room.
      for (const side of others[0] !== undefined && others[0] > flag.x ? LEFT_FIRST : RIGHT_FIRST) {
        const box = beside(flag, side, bottom);
        const out = box.left < area.left || box.right > area.right;
        const cost =
          (out ? 8 : 0) +
          (placed.some((each) => overlap(each, { ...box, left: box.left - APART, right: box.right + APART }))
            ? 4
            : 0) +
          (curves.some((curve) => crosses(curve, box)) ? 2 : 0) +
          (others.some((x) => x > box.left && x < box.right) ? 1 : 0);
        if (cost < least) [best, least] = [{ ...box, clear: cost === 0 }, cost];
      }
    }
    placed.push(best);
  }
  return placed;
}

const GAP = 5; // from its line
const APART = 8; // from another label
const LEFT_FIRST = ["left", "right"] as const;
const RIGHT_FIRST = ["right", "left"] as const;

function beside({ x, width, height }: Flag, side: "left" | "right", bottom: number): Placed {
  const left = side === "right" ? x + GAP : x - GAP - width;
  return { side, left, right: left + width, top: bottom - height, bottom, clear: false };
}

export function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
