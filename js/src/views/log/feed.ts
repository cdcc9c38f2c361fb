/** Which changes the feed shows; no DOM. */
import type { LogRow, LogState } from "../../wire.gen.js";

/** Rows kept while the newest are followed. */
const KEPT = 1_000;

export interface Feed {
  /** Of which query; with another it is another list. */
  basis: string;
  /** Newest first. */
  rows: readonly LogRow[];
  /** Whether there are older ones. */
  more: boolean;
}

export const EMPTY: Feed = { basis: "", rows: [], more: false };

/** What a list is of; how it is grouped is no matter of it. */
export const basisOf = ({ query }: LogState) => JSON.stringify({ ...query, group: "" });

/** The feed once the log is `now`: it stands still unless it is followed, or is another list. */
export function feedOf(feed: Feed, now: LogState, followed: boolean): Feed {
  const { rows, matching } = now;
  const basis = basisOf(now);
  const fresh = { basis, rows, more: matching > rows.length || now.progress !== null };
  if (feed.basis !== basis || feed.rows.length === 0) return fresh;
  if (!followed) return { ...feed, more: feed.more || now.progress !== null };
  const [newest, oldest] = [feed.rows[0]!.number, rows.at(-1)?.number ?? Number.POSITIVE_INFINITY];
  if (oldest > newest || feed.rows.length > KEPT) return fresh; // more came than there are here
  const older = feed.rows.filter(({ number }) => number < oldest);
  const all = [...rows, ...older].filter(({ number }) => number >= now.first);
  return { basis, rows: all, more: matching > all.length || now.progress !== null };
}

/** With what `older` answered. */
export function withOlder(feed: Feed, older: readonly LogRow[], more: boolean): Feed {
  const last = feed.rows.at(-1)?.number ?? Number.POSITIVE_INFINITY;
  return { ...feed, rows: [...feed.rows, ...older.filter(({ number }) => number < last)], more };
}

/** How many came since, and whether there may be more than that. */
export function newer(feed: Feed, now: LogState): { count: number; more: boolean } {
  if (feed.basis !== basisOf(now)) return { count: 0, more: false };
  const first = feed.rows[0]?.number ?? 0;
  const count = now.rows.filter(({ number }) => number > first).length;
  return { count, more: count === now.rows.length && now.matching > count };
}
