import type { Slice } from "./grid.js";
import type { Span } from "./gridmath.js";

/** What is told apart by its id. */
export interface Identified {
  readonly id: number;
}

/** How long the row of what is gone stays in its place (seconds). */
export const STAY = 2;

/** What is shown of a list. */
export interface Held<R> extends Slice<R> {
  /** What the list is of: with another basis it is another list. */
  basis: string;
  /** Rows whose subject is gone and that are still in their place: until when, by id. */
  gone: ReadonlyMap<number, number>;
  /** Whether the rows are in another order, or others, than they would be. */
  held: boolean;
}

export interface Moment<R> {
  /** Seconds. */
  now: number;
  /** Rows in view. */
  seen: Span;
  /** Ids of what is known to be gone. */
  removed: ReadonlySet<number>;
  /** The row as it is shown once that is gone. */
  mark(row: R): R;
  /** The rows must not change places. */
  frozen: boolean;
}

/**
 * What to show when the list is `next` and `shown` was shown before. A removed row in view stays for a
 * while, marked; while frozen the rows keep their places, only what is in them is new.
 */
export function hold<R extends Identified>(
  shown: Held<R>,
  next: Slice<R> & { basis: string },
  moment: Moment<R>,
): Held<R> {
  const none: Held<R> = { ...next, gone: new Map(), held: false };
  if (shown.basis !== next.basis) return none;
  const there = new Map(next.rows.map((row) => [row.id, row]));
  const gone = stillThere(shown, there, moment);
  const frozen = moment.frozen && shown.start === next.start;
  if (!frozen && gone.size === 0) return none;
  const rows = frozen
    ? inPlace(shown, next.rows, there, gone, moment)
    : withGone(shown, next.rows, there, gone, moment);
  const living = rows.filter((row) => !gone.has(row.id));
  return {
    ...next,
    size: next.size + gone.size,
    rows,
    gone,
    held: frozen && living.some((row, i) => row.id !== next.rows[i]?.id),
  };
}

/** Removed rows that are to stay, with their ends. */
function stillThere<R extends Identified>(
  shown: Held<R>,
  there: ReadonlyMap<number, R>,
  { now, seen, removed }: Moment<R>,
): Map<number, number> {
  const gone = new Map<number, number>();
  for (const [i, { id }] of shown.rows.entries()) {
    if (there.has(id)) continue;
    const index = shown.start + i;
    const inView = index >= seen.first && index < seen.end;
    const until = shown.gone.get(id) ?? (removed.has(id) && inView ? now + STAY : now);
    if (until > now) gone.set(id, until);
  }
  return gone;
}

/** The rows shown, in their places: those that only moved away stay, and those removed close up. */
function inPlace<R extends Identified>(
  shown: Held<R>,
  next: readonly R[],
  there: ReadonlyMap<number, R>,
  gone: ReadonlyMap<number, number>,
  { removed, mark }: Moment<R>,
): R[] {
  const rows: R[] = [];
  const placed = new Set<number>(); // living ones
  for (const row of shown.rows) {
    const { id } = row;
    if (gone.has(id)) rows.push(mark(row));
    else if (placed.size < next.length && (there.has(id) || !(shown.gone.has(id) || removed.has(id)))) {
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

/** The new rows, and each removed one after the row it came after. */
function withGone<R extends Identified>(
  shown: Held<R>,
  next: readonly R[],
  there: ReadonlyMap<number, R>,
  gone: ReadonlyMap<number, number>,
  { mark }: Moment<R>,
): R[] {
  const following = new Map<number | null, R[]>(); // by the id of the row before them
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
