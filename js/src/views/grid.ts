import { effect, type ReadonlySignal, signal, untracked } from "@preact/signals-core";
import { h, hasFocus, modified } from "../dom.js";
import { stopAll } from "../stops.js";
import { covers, displacement, Scale, type Span } from "./gridmath.js";
import { RowPool, type RowView, type Slot } from "./gridrows.js";

const ROW_HEIGHT = 24; // --imw-row
const OVERSCAN = 4;

/** A window on a list: `rows` are those from `start` on. */
export interface Slice<R> {
  size: number;
  start: number;
  rows: readonly R[];
  /** With another basis it is another list, and shown from its top. */
  basis?: string;
}

export interface GridOptions<R> {
  label: string;
  heads: HTMLElement[];
  slice: ReadonlySignal<Slice<R>>;
  now: ReadonlySignal<number>;
  /** At most so many rows are in view. */
  maxRows: number;
  makeRow(): RowView<R>;
  identify(row: R): string | number;
  isSelected(row: R, index: number): boolean;
  /** Whatever `isSelected` and `paint` depend on beside the row. */
  context: ReadonlySignal<unknown>;
  /** The row was moved to, or clicked. */
  select(row: R, index: number): void;
  /** With Ctrl or Cmd the row is added or taken away, with Shift all are meant up to it. */
  extend?(how: "toggle" | "range", index: number, row: R | undefined): void;
  /** The row was clicked, or Enter pressed on it. */
  open?(row: R, event: MouseEvent | KeyboardEvent): void;
  /** Rows the grid would like to have. */
  want(start: number, stop: number): void;
  onKey?(event: KeyboardEvent, row: R): void;
  /**
   * Whether the top is shown whatever comes there: what stood still under the pointer is at the top again
   * once that has left. If not, the rows in view stay in view, also those at the top.
   */
  follows?(): boolean;
  /** Where a row is that is no longer among those loaded. */
  locate?(row: R): Promise<number | null>;
}

export interface Grid {
  element: HTMLElement;
  /** Rows in view. */
  visible: ReadonlySignal<Span>;
  /** Scrolls until a row is in view, and makes it the one that Tab leads to. */
  reveal(index: number): void;
  /** Gives the focus to the row that Tab leads to. */
  focus(): void;
  /** Ticks the rows in view. */
  tick(): void;
  dispose(): void;
}

/** A grid that draws only the rows in view, and moves through millions of them. */
export function createGrid<R>(options: GridOptions<R>): Grid {
  const scale = new Scale(ROW_HEIGHT);
  const visible = signal<Span>({ first: 0, end: 0 });
  let slice: Slice<R> = { size: 0, start: 0, rows: [] };
  let active = 0; // the row that Tab leads to
  let choosing = false; // it was moved to before it was loaded
  let locating = false;
  let pointerInside = false;
  let drifted = false; // from the top, without anybody having scrolled
  let shownRows = 0;

  const spacer = h("div", { class: "spacer", role: "none" });
  const pool = new RowPool<R>(spacer, options.makeRow);
  const body = h("div", { class: "rows", role: "rowgroup" }, spacer);
  const head = h("div", { class: "row head", role: "row", "aria-rowindex": 1 }, ...options.heads);
  const element = h(
    "div",
    { class: "grid", role: "grid", "aria-label": options.label },
    h("div", { role: "rowgroup" }, head),
    body,
  );

  const rowAt = (index: number): R | undefined => slice.rows[index - slice.start];

  /** Draws the window; rows that are unchanged cost nothing. */
  function render(): void {
    const wanted = scale.around(OVERSCAN);
    active = Math.min(active, Math.max(0, slice.size - 1));
    // The row with the focus stays in the document, out of view.
    pool.show(wanted, hasFocus(element) ? active : null);
    for (const [index, slot] of pool) draw(index, slot);
    const span = scale.visible();
    const old = visible.peek();
    if (span.first !== old.first || span.end !== old.end) visible.value = span;
    ask(span);
  }

  function draw(index: number, slot: Slot<R>): void {
    const row = rowAt(index);
    const { element: box, view } = slot;
    box.style.transform = `translateY(${Math.round(index * ROW_HEIGHT + scale.offset)}px)`;
    box.tabIndex = index === active ? 0 : -1;
    box.ariaRowIndex = String(index + 2);
    box.ariaSelected = String(row !== undefined && options.isSelected(row, index));
    if (slot.fresh || row !== slot.row) {
      slot.fresh = false;
      slot.row = row;
      box.classList.toggle("blank", row === undefined);
      view.paint(row, box);
    }
  }

  /** Asks for more where less than a screen is loaded around what is in view. */
  function ask(span: Span): void {
    if (slice.size === 0 || scale.viewport === 0) return;
    const screen = Math.max(8, span.end - span.first);
    const loaded = { first: slice.start, end: slice.start + slice.rows.length };
    if (covers(loaded, scale.around(screen))) return;
    const { first, end } = scale.around(2 * screen);
    options.want(first, end);
  }

  /** New data: what is in view stays where it is, unless it is the top. */
  function take(next: Slice<R>): void {
    const old = slice;
    const anew = old.basis !== next.basis;
    if (anew) active = 0;
    else follow(old, next);
    slice = next;
    scale.size = next.size;
    spacer.style.height = `${scale.spacer}px`;
    shownRows = Math.max(shownRows, Math.min(next.size, options.maxRows));
    element.style.setProperty("--rows", String(shownRows));
    element.ariaRowCount = String(next.size + 1);
    if (anew) scrollTo(0);
    else if (scale.top + scale.viewport > scale.total) scrollTo(scale.top);
    const row = rowAt(active);
    if (choosing && row !== undefined) {
      choosing = false;
      options.select(row, active);
    }
    render();
  }

  /** Moves along with the rows in view, and with the one that has the focus. */
  function follow(old: Slice<R>, next: Slice<R>): void {
    if (old.rows === next.rows) return;
    const places = new Map(next.rows.map((row, i) => [options.identify(row), next.start + i]));
    const moved = (span: Span) => displacement(old, span, (row) => places.get(options.identify(row)));
    const seen = scale.visible();
    const stays = scale.top > 0 || pointerInside || options.follows?.() === false;
    const held = stays ? moved(seen) : 0;
    const goes = moved({ first: active, end: active + 1 }) ?? held ?? 0;
    const by = Math.max(-active, Math.min(next.size - 1 - active, goes)); // its row may be gone
    if (by !== 0) pool.shift(by);
    active += by;
    const first = rowAt(seen.first);
    if (held) {
      drifted ||= scale.top === 0;
      scale.size = next.size;
      spacer.style.height = `${scale.spacer}px`;
      scrollTo(scale.top + held * ROW_HEIGHT);
    } else if (held === null && first !== undefined && next.start === old.start) {
      void find(first, seen.first);
    }
  }

  /** What was in view is somewhere else altogether. */
  async function find(row: R, was: number): Promise<void> {
    if (!options.locate || locating) return;
    locating = true;
    const { basis } = slice;
    const place = await options.locate(row).catch(() => null);
    locating = false;
    if (place === null || slice.basis !== basis || scale.visible().first !== was) return;
    scrollTo(place * ROW_HEIGHT + (scale.top % ROW_HEIGHT));
    render();
  }

  function scrollTo(top: number): void {
    body.scrollTop = scale.moveTo(top);
  }

  function reveal(index: number): void {
    choosing = false;
    active = Math.min(Math.max(0, index), slice.size - 1);
    const top = scale.revealing(active);
    if (top !== scale.top) scrollTo(top);
    render();
  }

  function focus(): void {
    const row = pool.at(active) ?? head.querySelector<HTMLElement>("[tabindex='0']");
    row?.focus({ preventScroll: true });
  }

  function activate(index: number, how: "only" | "toggle" | "range" = "only"): void {
    reveal(index);
    const row = rowAt(active);
    if (how !== "only" && options.extend) options.extend(how, active, row);
    else if (row !== undefined) options.select(row, active);
    else choosing = true;
    render();
    focus();
  }

  function onKeydown(event: KeyboardEvent): void {
    if (modified(event) || slice.size === 0) return;
    const page = Math.max(1, Math.floor(scale.viewport / ROW_HEIGHT) - 1);
    const targets: Record<string, number> = {
      ArrowDown: active + 1,
      ArrowUp: active - 1,
      PageDown: active + page,
      PageUp: active - page,
      Home: 0,
      End: slice.size - 1,
    };
    const target = targets[event.key];
    const row = rowAt(active);
    if (target !== undefined) {
      event.preventDefault();
      activate(target, event.shiftKey ? "range" : "only");
    } else if (event.key === "Enter") {
      event.preventDefault();
      activate(active);
      if (row !== undefined) options.open?.(row, event);
    } else if (row !== undefined) {
      options.onKey?.(event, row);
    }
  }

  let settling: ReturnType<typeof setTimeout> | undefined;
  function onScroll(): void {
    drifted &&= Math.abs(scale.scrollTop - body.scrollTop) < 1;
    scale.scrolledTo(body.scrollTop);
    render();
    clearTimeout(settling);
    settling = setTimeout(() => {
      // After wheeling through a scaled list the scroll bar lags behind; put it where it belongs.
      if (Math.abs(scale.offset) > 1 && scale.spacer < scale.total) scrollTo(scale.top);
      render();
    }, 160);
  }

  body.addEventListener("keydown", onKeydown);
  body.addEventListener("scroll", onScroll, { passive: true });
  body.addEventListener("click", (event) => {
    const index = pool.indexOf((event.target as Element).closest(".rows .row"));
    if (index === null) return;
    const how = event.shiftKey ? "range" : event.ctrlKey || event.metaKey ? "toggle" : "only";
    activate(index, how);
    const row = rowAt(index);
    if (how === "only" && row !== undefined) options.open?.(row, event);
  });
  // Shift and a click would select text.
  body.addEventListener("mousedown", (event) => event.shiftKey && event.preventDefault());
  body.addEventListener("pointerenter", () => {
    pointerInside = true;
  });
  body.addEventListener("pointerleave", () => {
    pointerInside = false;
    if (drifted && options.follows?.()) {
      scrollTo(0);
      render();
    }
    drifted = false;
  });

  const measure = () => {
    scale.viewport = body.clientHeight;
    head.style.marginRight = `${body.offsetWidth - body.clientWidth}px`;
    render();
  };
  const observer = new ResizeObserver(measure);
  observer.observe(body);

  function tick(): void {
    for (const [, slot] of pool) if (slot.row !== undefined) slot.view.tick?.(slot.row, slot.element);
  }

  const stops = [
    effect(() => {
      const next = options.slice.value;
      untracked(() => take(next));
    }),
    effect(() => {
      void options.now.value;
      untracked(tick);
    }),
    effect(() => {
      void options.context.value;
      for (const [, slot] of pool) slot.fresh = true;
      untracked(render);
    }),
  ];

  return {
    element,
    visible,
    reveal,
    focus,
    tick,
    dispose: stopAll([...stops, () => observer.disconnect(), () => clearTimeout(settling)]),
  };
}
