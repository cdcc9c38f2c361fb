/** The arithmetic of a windowed list: no DOM, so that it can be tested alone. */

/** Browsers lose whole pixels somewhere above this height. */
export const MAX_HEIGHT = 8_000_000;

export interface Span {
  first: number;
  /** One past the last. */
  end: number;
}

/**
 * Scroll positions of a list that may be taller than a browser can scroll. The spacer is capped;
 * beyond the cap a long way (the scroll bar dragged, Home, End) is mapped by proportion, and a short
 * one (the wheel) moves by as many pixels as it says, so that no row is skipped.
 */
export class Scale {
  /** Where the list really is, in pixels from its top. */
  top = 0;
  #scrolled = 0;

  constructor(
    readonly rowHeight: number,
    public size = 0,
    public viewport = 0,
  ) {}

  get total(): number {
    return this.size * this.rowHeight;
  }

  get spacer(): number {
    return Math.min(this.total, MAX_HEIGHT);
  }

  get #range(): number {
    return Math.max(0, this.total - this.viewport);
  }

  get #scrollRange(): number {
    return Math.max(0, this.spacer - this.viewport);
  }

  /** The scroll position that belongs to `top`. */
  get scrollTop(): number {
    return this.#range === 0 ? 0 : (this.top / this.#range) * this.#scrollRange;
  }

  /** What to add to a row's place in the list to get its place in the spacer. */
  get offset(): number {
    return this.#scrolled - this.top;
  }

  /** The user scrolled to here. */
  scrolledTo(scrollTop: number): void {
    const delta = scrollTop - this.#scrolled;
    this.#scrolled = scrollTop;
    const atEdge = scrollTop <= 0 || scrollTop >= this.#scrollRange;
    const near = Math.abs(delta) <= 2 * this.viewport;
    if (this.total <= MAX_HEIGHT) this.top = scrollTop;
    else if (near && !atEdge) this.top = this.#bounded(this.top + delta);
    else this.top = this.#scrollRange === 0 ? 0 : (scrollTop / this.#scrollRange) * this.#range;
  }

  /** Moves the list; returns the scroll position to set. */
  moveTo(top: number): number {
    this.top = this.#bounded(top);
    this.#scrolled = Math.round(this.scrollTop);
    return this.#scrolled;
  }

  /** The place nearest to the present one at which the row is wholly in view. */
  revealing(index: number): number {
    const rowTop = index * this.rowHeight;
    if (rowTop < this.top) return rowTop;
    return Math.max(this.top, rowTop + this.rowHeight - this.viewport);
  }

  /** Rows of which at least a part is in view. */
  visible(): Span {
    return this.#clamp(
      Math.floor(this.top / this.rowHeight),
      Math.ceil((this.top + this.viewport) / this.rowHeight),
    );
  }

  /** Rows in view and `more` on either side. */
  around(more: number): Span {
    const { first, end } = this.visible();
    return this.#clamp(first - more, end + more);
  }

  #clamp(first: number, end: number): Span {
    const low = Math.min(Math.max(0, first), this.size);
    return { first: low, end: Math.max(low, Math.min(end, this.size)) };
  }

  #bounded(top: number): number {
    return Math.min(Math.max(0, top), this.#range);
  }
}

/** Whether `inner` lies wholly within `outer`. */
export function covers(outer: Span, inner: Span): boolean {
  return inner.first >= inner.end || (outer.first <= inner.first && outer.end >= inner.end);
}

/**
 * By how many places the rows of a span moved: what most of them say, so that one row that goes its own
 * way takes nobody along. null: none of them is anywhere. `placeOf` says where a row is now.
 */
export function displacement<R>(
  old: { start: number; rows: readonly R[] },
  { first, end }: Span,
  placeOf: (row: R) => number | undefined,
): number | null {
  const votes = new Map<number, number>();
  for (let index = first; index < end; index++) {
    const row = old.rows[index - old.start];
    const place = row && placeOf(row);
    if (place !== undefined) votes.set(place - index, (votes.get(place - index) ?? 0) + 1);
  }
  const [best] = [...votes].sort(([a, n], [b, m]) => m - n || Math.abs(a) - Math.abs(b));
  return best ? best[0] : null;
}
