import type { Bar } from "../history.js";

/** Where things stand in the chart, from top to bottom (pixels). */
export const TOP = 8;
export const RATIO = 26; // the hit ratio has a scale of its own above that of the bars
export const BARS = TOP + RATIO + 16;
export const PLOT = 84;
export const BASE = BARS + PLOT;
export const BELOW = 16; // evictions hang under the axis
export const HEIGHT = BASE + 5 + BELOW + 16;

export interface Shapes {
  hits: string;
  misses: string;
  evictions: string;
  /** Broken where there was no lookup. */
  ratio: string;
}

/** Path data: filled hits under hollow misses up to `top` per second, evictions below, the ratio above. */
export function shapes(bars: readonly Bar[], left: number, pitch: number, top: number): Shapes {
  const most = Math.max(1, ...bars.map((bar) => bar.evictions));
  const paths: Shapes = { hits: "", misses: "", evictions: "", ratio: "" };
  const w = Math.max(2, pitch - 1.5);
  let drawing = false;
  for (const [i, bar] of bars.entries()) {
    const x = left + i * pitch + 0.5;
    const hitHeight = bar.hits > 0 ? Math.max(1, (bar.hits / top) * PLOT) : 0;
    if (hitHeight > 0) paths.hits += box(x, BASE - hitHeight, w, hitHeight);
    if (bar.misses > 0) {
      const gap = hitHeight > 0 ? 1.5 : 0;
      const height = Math.max(1.5, (bar.misses / top) * PLOT - gap - 1);
      paths.misses += box(x + 0.5, BASE - hitHeight - gap - height - 0.5, w - 1, height);
    }
    if (bar.evictions > 0) {
      paths.evictions += box(x + w / 2 - 0.75, BASE + 5, 1.5, 4 + (bar.evictions / most) * (BELOW - 4));
    }
    const lookups = bar.hits + bar.misses;
    if (lookups > 0) {
      const y = round(TOP + RATIO * (1 - bar.hits / lookups));
      // What stands alone would be a point, which has no length to be seen.
      paths.ratio += drawing ? `L${round(x + w / 2)} ${y}` : `M${round(x)} ${y}H${round(x + w / 2)}`;
    }
    drawing = lookups > 0;
  }
  return paths;
}

function box(x: number, y: number, width: number, height: number): string {
  return `M${round(x)} ${round(y)}h${round(width)}v${round(height)}h${-round(width)}z`;
}

const round = (value: number) => Math.round(value * 10) / 10;
