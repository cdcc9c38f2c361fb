import type { KeyRow } from "../../wire.gen.js";
import type { Slice } from "../grid.js";
import type { Span } from "../gridmath.js";

/** How long a deleted row stays in its place (seconds). */
export const STAY = 2;

/** What is shown of a list. */
export interface Held extends Slice<KeyRow> {
  /** What the list is of: with another basis it is another list. */
  basis: string;
  /** Rows that are deleted and still in their place: until when, by id. */
  gone: ReadonlyMap<number, number>;
  /** Whether the rows are in another order, or others, than they would be. */
  held: boolean;
}

export interface Moment {
  /** Seconds. */
  now: number;
  /** Rows in view. */
  seen: Span;
  /** Ids of keys known to be deleted. */
  deleted: ReadonlySet<number>;
  /** The rows must not change places. */
  frozen: boolean;
}

/**
 * What to show when the list is `next` and `shown` was shown before. A deleted row in view stays for a
 * while, marked; while frozen the rows keep their places, only what is in them is new.
 */
export function hold(shown: Held, next: Slice<KeyRow> & { basis: string }, moment: Moment): Held {
  const none: Held = { ...next, gone: new Map(), held: false };
  if (shown.basis !== next.basis) return none;
  const there = new Map(next.rows.map((row) => [row.id, row]));
  const gone = stillThere(shown, there, moment);
  const frozen = moment.frozen && shown.start === next.start;
  if (!frozen && gone.size === 0) return none;
  const rows = frozen
    ? inPlace(shown, next.rows, there, gone, moment)
    : withGone(shown, next.rows, there, gone);
  const living = rows.filter((row) => !gone.has(row.id));
  return {
    ...next,
    size: next.size + gone.size,
    rows,
    gone,
    held: frozen && living.some((row, i) => row.id !== next.rows[i]?.id),
  };
}

/** Deleted rows that are to stay, with their ends. */
function stillThere(
  shown: Held,
  there: ReadonlyMap<number, KeyRow>,
  { now, seen, deleted }: Moment,
): Map<number, number> {
  const gone = new Map<number, number>();
  for (const [i, { id }] of shown.rows.entries()) {
    if (there.has(id)) continue;
    const index = shown.start + i;
    const inView = index >= seen.first && index < seen.end;
    const until = shown.gone.get(id) ?? (deleted.has(id) && inView ? now + STAY : now);
    if (until > now) gone.set(id, until);
  }
  return gone;
}

const mark = (row: KeyRow): KeyRow => (row.change === "deleted" ? row : { ...row, change: "deleted" });

/** The rows shown, in their places: those that only moved away stay, and those deleted close up. */
function inPlace(
  shown: Held,
  next: readonly KeyRow[],
  there: ReadonlyMap<number, KeyRow>,
  gone: ReadonlyMap<number, number>,
  { deleted }: Moment,
): KeyRow[] {
  const rows: KeyRow[] = [];
  const placed = new Set<number>(); // living ones
  for (const row of shown.rows) {
    const { id } = row;
    if (gone.has(id)) rows.push(mark(row));
    else if (placed.size < next.length && (there.has(id) || !(shown.gone.has(id) || deleted.has(id)))) {
      rows.push(there.get(id) ?? row);
      placed.add(id);
    }
  }
  for (const row of next) {
    if (placed.size < next.length && !placed.has(row.id)) {
      rows.push(row);
      placed.add(row.id);
    }
  }
  return rows;
}

/** The new rows, and each deleted one after the row it came after. */
function withGone(
  shown: Held,
  next: readonly KeyRow[],
  there: ReadonlyMap<number, KeyRow>,
  gone: ReadonlyMap<number, number>,
): KeyRow[] {
  const following = new Map<number | null, KeyRow[]>(); // by the id of the row before them
  let before: number | null = null;
  for (const row of shown.rows) {
    if (there.has(row.id)) before = row.id;
    else if (gone.has(row.id)) following.set(before, [...(following.get(before) ?? []), mark(row)]);
  }
  const first = following.get(null) ?? [];
  const after = shown.rows.find((row) => there.has(row.id))?.id; // the row the first ones came before
  return next.length === 0 || after === undefined
    ? [...first, ...next]
    : next.flatMap((row) => [...(row.id === after ? first : []), row, ...(following.get(row.id) ?? [])]);
}
