import type { Watch } from "../../wire.gen.js";

/** A watch expression over the rows as a stepped line; in pixels, no DOM. */
export interface Spark {
  line: string;
  /** Between the least and the greatest value where a stretch of rows has several; "" where none has. */
  band: string;
  /** Where the value of a row lies. */
  heightAt(row: number): number | null;
}

/**
 * Args:
 *   place: where a row is.
 *   top, bottom: where the greatest and the least value lie.
 */
export function spark(watch: Watch, place: (row: number) => number, top: number, bottom: number): Spark {
  const { rows, low, high } = watch;
  const least = Math.min(...low.filter((value) => value !== null));
  const most = Math.max(...high.filter((value) => value !== null));
  const spread = most - least;
  const y = (value: number) => (spread > 0 ? bottom - ((value - least) / spread) * (bottom - top) : bottom);
  let line = "";
  let band = "";
  for (const stretch of stretches(high)) {
    const ups = stretch.map((i) => ({ x: round(place(rows[i]!)), y: round(y(high[i]!)) }));
    const downs = stretch.map((i) => ({ x: round(place(rows[i]!)), y: round(y(low[i] ?? high[i]!)) }));
    line += stairs(ups) + (rows[stretch.at(-1)!] === 0 && ups.length > 1 ? "" : "h4");
    if (ups.some((up, k) => up.y !== downs[k]!.y)) band += `${stairs(ups)}${back(downs)}Z`;
  }
  return {
    line,
    band,
    heightAt(row) {
      const i = nearest(rows, row);
      const value = i === -1 ? null : high[i];
      return value === null || value === undefined ? null : y(value);
    },
  };
}

interface Point {
  x: number;
  y: number;
}

/** A value holds until the next one. */
function stairs([first, ...rest]: Point[]): string {
  if (!first) return "";
  return `M${first.x} ${first.y}${rest.map(({ x, y }) => `H${x}V${y}`).join("")}`;
}

function back(points: Point[]): string {
  const [last, ...rest] = [...points].reverse();
  return `V${last!.y}${rest.map(({ x, y }) => `V${y}H${x}`).join("")}`;
}

/** Indices of values in a row, without gaps. */
function stretches(values: readonly (number | null)[]): number[][] {
  const all: number[][] = [];
  for (const [i, value] of values.entries()) {
    if (value === null) continue;
    if (i > 0 && values[i - 1] !== null) all.at(-1)!.push(i);
    else all.push([i]);
  }
  return all;
}

/** Where in the descending rows the one nearest to `row` is; -1 where there are none. */
export function nearest(rows: readonly number[], row: number): number {
  const after = rows.findIndex((each) => each <= row);
  const before = after === -1 ? rows.length - 1 : after - 1;
  return after === -1 || (before >= 0 && rows[before]! - row < row - rows[after]!) ? before : after;
}

const round = (n: number) => Math.round(n * 10) / 10;
