import type { Axis, Tick } from "../../wire.gen.js";

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
  const past = from.findIndex((place) => way * (place - at) > 0);
  const high = Math.max(1, past === -1 ? from.length - 1 : past);
  const low = high - 1;
  const wide = from[high]! - from[low]!;
  const part = wide === 0 ? 1 : within((at - from[low]!) / wide, 0, 1);
  return to[low]! + part * (to[high]! - to[low]!);
}

export const within = (n: number, low: number, high: number) => Math.min(Math.max(n, low), high);

const WEIGHT: Record<Tick["kind"], number> = { error: 0, interrupt: 1, fork: 2, update: 2 };

/**
 * What lies closer to another of its kind than so many pixels is left to that one, which counts for both;
 * forks and updates make room for interrupts, and all of them for errors.
 */
export function apart(ticks: readonly Tick[], place: (row: number) => number, least: number): Tick[] {
  const kept: Tick[] = [];
  const near = (a: Tick, b: Tick) => Math.abs(place(a.row) - place(b.row)) < least;
  for (const tick of [...ticks].sort((a, b) => WEIGHT[a.kind] - WEIGHT[b.kind] || a.row - b.row)) {
    const i = kept.findLastIndex((other) => other.kind === tick.kind);
    if (i !== -1 && near(kept[i]!, tick)) kept[i] = { ...kept[i]!, count: kept[i]!.count + tick.count };
    else if (!kept.some((other) => WEIGHT[other.kind] < WEIGHT[tick.kind] && near(other, tick)))
      kept.push(tick);
  }
  return kept;
}
