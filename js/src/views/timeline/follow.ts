import type { CheckpointRow } from "../../wire.gen.js";
import { keyOf } from "./keys.js";

/** Staying with the newest checkpoint, or away from it; no DOM. */
export interface Seen {
  thread: string | null;
  /** How many checkpoints there were when the newest was last shown. */
  size: number;
}

/** What has been seen of the newest, once the state is `now`. */
export function seenAt(seen: Seen, now: Seen, following: boolean): Seen {
  if (following || seen.thread !== now.thread) return now;
  return now.size < seen.size ? now : seen; // some are gone: what is left has been seen
}

/** The window to ask for, so that it stays with the rows shown; null where it is that already. */
export interface Window {
  start: number;
  stop: number;
  anchor: string | null;
}

export function anchored(
  asked: Window,
  shown: { start: number; rows: readonly CheckpointRow[] },
  following: boolean,
): Window | null {
  const first = shown.rows[0];
  const anchor = following || !first ? null : keyOf(first);
  if ((asked.anchor === null) === (anchor === null)) return null;
  if (anchor === null) return { ...asked, anchor };
  if (asked.start !== shown.start) return null; // another one is on its way
  return { start: shown.start, stop: shown.start + shown.rows.length, anchor };
}

/** The row nearest to `at` in a lane to the left (-1) or right (1), of those loaded; null: there is none. */
export function across(
  { start, rows }: { start: number; rows: readonly { lane: number }[] },
  at: number,
  side: -1 | 1,
): number | null {
  const from = rows[at - start];
  if (!from) return null;
  let best: number | null = null;
  for (const [i, { lane }] of rows.entries()) {
    if (Math.sign(lane - from.lane) !== side) continue;
    const row = start + i;
    if (best === null || Math.abs(row - at) < Math.abs(best - at)) best = row;
  }
  return best;
}
