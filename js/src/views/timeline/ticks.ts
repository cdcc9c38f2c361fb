import type { CheckpointRow, Tick } from "../../wire.gen.js";

const INCIDENTS = ["interrupt", "error"];

/** The row of the interrupt or error next to `at`, to the newer side (1) or the older; null: there is none. */
export function incident(
  ticks: readonly Tick[],
  { start, rows }: { start: number; rows: readonly CheckpointRow[] },
  at: number,
  way: 1 | -1,
): number | null {
  const marked = rows.flatMap(({ badges }, i) =>
    badges.some(({ kind }) => INCIDENTS.includes(kind)) ? [start + i] : [],
  );
  const told = ticks.filter(({ kind }) => INCIDENTS.includes(kind)).map(({ row }) => row);
  let best: number | null = null;
  for (const row of [...marked, ...told]) {
    const off = (at - row) * way;
    if (off > 0 && (best === null || off < (at - best) * way)) best = row;
  }
  return best;
}

/** "3 interrupts" */
export function tickText({ kind, count }: Tick): string {
  return count > 1 ? `${count} ${kind}s` : kind;
}
