import type { Axis } from "../../wire.gen.js";

/** Where rows (0 is the newest) lie on the scrubber, from 0 (the oldest) to 1; no DOM. */
export interface Places {
  toX(row: number): number;
  /** The row nearest to there. */
  toRow(x: number): number;
}

/** All rows are equally far apart. */
export function bySteps(size: number): Places {
  const last = size - 1;
  return {
    toX: (row) => (last <= 0 ? 1 : 1 - within(row, 0, last) / last),
    toRow: (x) => (last <= 0 ? 0 : Math.round((1 - within(x, 0, 1)) * last)),
  };
}

/** Rows lie where the kernel says, those in between on a line; by steps where it says nothing. */
export function byTime(axis: Axis, size: number): Places {
  const { rows, x: places } = axis;
  if (rows.length < 2 || size < 2) return bySteps(size);
  return {
    toX: (row) => between(rows, places, within(row, 0, size - 1), -1),
    toRow: (x) => within(Math.round(between(places, rows, within(x, 0, 1), 1)), 0, size - 1),
  };
}

/** The value at `at` of the line through the points (from, to); `way` 1: `from` ascends. */
function between(from: readonly number[], to: readonly number[], at: number, way: 1 | -1): number {
  let low = 0;
  let high = from.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (way * (from[middle]! - at) <= 0) low = middle;
    else high = middle;
  }
  const wide = from[high]! - from[low]!;
  const part = wide === 0 ? 1 : within((at - from[low]!) / wide, 0, 1);
  return to[low]! + part * (to[high]! - to[low]!);
}

export const within = (n: number, low: number, high: number) => Math.min(Math.max(n, low), high);

/** What lies closer to another of its kind than so many pixels is left to that one, which counts for both. */
export function apart<T extends { kind: string; row: number; count: number }>(
  ticks: readonly T[],
  place: (row: number) => number,
  least: number,
): T[] {
  const kept: T[] = [];
  const last = new Map<string, number>(); // by kind, where in `kept`
  for (const tick of [...ticks].sort((a, b) => a.row - b.row)) {
    const i = last.get(tick.kind);
    const near = i !== undefined && Math.abs(place(kept[i]!.row) - place(tick.row)) < least;
    if (near) kept[i!] = { ...kept[i!]!, count: kept[i!]!.count + tick.count };
    else last.set(tick.kind, kept.push(tick) - 1);
  }
  return kept;
}
