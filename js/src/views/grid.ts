import { effect, type ReadonlySignal, signal, untracked } from "@preact/signals-core";
import { FOCUSABLE, h } from "../dom.js";
import { covers, Scale, type Span } from "./gridmath.js";

const ROW_HEIGHT = 24; // --imw-row
const OVERSCAN = 4;

/** A window on a list: `rows` are those from `start` on. */
export interface Slice<R> {
  size: number;
  start: number;
  rows: readonly R[];
}

/** One row's element, to be filled with one row after another. */
export interface RowView<R> {
  cells: HTMLElement[];
  /** Writes the row; undefined while it is on its way. */
  paint(row: R | undefined, element: HTMLElement): void;
  /** Time went by. */
  tick?(row: R, element: HTMLElement): void;
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
  isSelected(row: R): boolean;
  /** Whatever `isSelected` and `paint` depend on beside the row. */
  context: ReadonlySignal<unknown>;
  select(row: R): void;
  /** Rows the grid would like to have. */
  want(start: number, stop: number): void;
  onKey?(event: KeyboardEvent, row: R): void;
}

export interface Grid {
  element: HTMLElement;
  /** Rows in view. */
  visible: ReadonlySignal<Span>;
  /** Scrolls until a row is in view. */
  reveal(index: number): void;
  /** Ticks the rows in view. */
  tick(): void;
  dispose(): void;
}

interface Slot<R> {
  element: HTMLElement;
  view: RowView<R>;
  row: R | undefined;
  fresh: boolean;
}

/** A grid that draws only the rows in view, and moves through millions of them. */
export function createGrid<R>(options: GridOptions<R>): Grid {
  const scale = new Scale(ROW_HEIGHT);
  const visible = signal<Span>({ first: 0, end: 0 });
  const slots = new Map<number, Slot<R>>(); // by index
  const free: Slot<R>[] = [];
  let slice: Slice<R> = { size: 0, start: 0, rows: [] };
  let active = 0; // the row that Tab leads to
  let toSelect: number | null = null; // moved to before it was loaded
  let pointerInside = false;
  let shownRows = 0;

  const spacer = h("div", { class: "spacer", role: "none" });
  const body = h("div", { class: "rows", role: "rowgroup" }, spacer);
  const head = h("div", { class: "row head", role: "row", "aria-rowindex": 1 }, ...options.heads);
  const element = h(
    "div",
    { class: "grid", role: "grid", "aria-label": options.label },
    h("div", { role: "rowgroup" }, head),
    body,
  );

  const rowAt = (index: number): R | undefined => slice.rows[index - slice.start];

  function makeSlot(): Slot<R> {
    const view = options.makeRow();
    const row = h("div", { class: "row", role: "row", ...FOCUSABLE, tabindex: -1 }, ...view.cells);
    return { element: row, view, row: undefined, fresh: true };
  }

  /** Draws the window; rows that are unchanged cost nothing. */
  function render(): void {
    const wanted = scale.around(OVERSCAN);
    const focusInside = element.contains((element.getRootNode() as Document).activeElement);
    active = Math.min(active, Math.max(0, slice.size - 1));
    for (const [index, slot] of slots) {
      const kept = index >= wanted.first && index < wanted.end;
      // The row with the focus stays in the document, out of view.
      if (!kept && !(index === active && focusInside)) {
        slots.delete(index);
        slot.element.remove();
        free.push(slot);
      }
    }
    place(wanted);
    for (const [index, slot] of slots) draw(index, slot);
    const span = scale.visible();
    const old = visible.peek();
    if (span.first !== old.first || span.end !== old.end) visible.value = span;
    ask(span);
  }

  /** Adds the missing rows in document order, without moving one that may have the focus. */
  function place({ first, end }: Span): void {
    let next: Element | null = null;
    for (let index = end - 1; index >= first; index--) {
      let slot = slots.get(index);
      if (!slot) {
        slot = free.pop() ?? makeSlot();
        slot.fresh = true;
        slots.set(index, slot);
        spacer.insertBefore(slot.element, next);
      }
      next = slot.element;
    }
  }

  function draw(index: number, slot: Slot<R>): void {
    const row = rowAt(index);
    const { element: box, view } = slot;
    box.style.transform = `translateY(${Math.round(index * ROW_HEIGHT + scale.offset)}px)`;
    box.tabIndex = index === active ? 0 : -1;
    box.setAttribute("aria-rowindex", String(index + 2));
    box.setAttribute("aria-selected", String(row !== undefined && options.isSelected(row)));
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
    const anchor = Math.floor(scale.top / ROW_HEIGHT);
    const held = scale.top > 0 || pointerInside ? moved(old, next, anchor) : 0;
    shift(moved(old, next, active) || held);
    slice = next;
    scale.size = next.size;
    spacer.style.height = `${scale.spacer}px`;
    shownRows = Math.max(shownRows, Math.min(next.size, options.maxRows));
    element.style.setProperty("--rows", String(shownRows));
    element.setAttribute("aria-rowcount", String(next.size + 1));
    if (held !== 0) scrollTo(scale.top + held * ROW_HEIGHT);
    else if (scale.top + scale.viewport > scale.total) scrollTo(scale.top);
    if (toSelect !== null) {
      const row = rowAt(toSelect);
      if (row !== undefined) {
        toSelect = null;
        options.select(row);
      }
    }
    render();
  }

  function moved(old: Slice<R>, next: Slice<R>, index: number): number {
    const row = old.rows[index - old.start];
    if (row === undefined || old.rows === next.rows) return 0;
    const id = options.identify(row);
    const same = next.rows[index - next.start];
    if (same !== undefined && options.identify(same) === id) return 0;
    const found = next.rows.findIndex((candidate) => options.identify(candidate) === id);
    return found === -1 ? 0 : next.start + found - index;
  }

  /** The rows have other indices now: their elements go with them, and so does the focus. */
  function shift(by: number): void {
    if (by === 0) return;
    const entries = [...slots];
    slots.clear();
    for (const [index, slot] of entries) slots.set(index + by, slot);
    active += by;
  }

  function scrollTo(top: number): void {
    body.scrollTop = scale.moveTo(top);
  }

  function reveal(index: number): void {
    const top = scale.revealing(index);
    if (top === scale.top) return;
    scrollTo(top);
    render();
  }

  function activate(index: number): void {
    active = Math.min(Math.max(0, index), slice.size - 1);
    reveal(active);
    const row = rowAt(active);
    toSelect = row === undefined ? active : null;
    if (row !== undefined) options.select(row);
    render();
    slots.get(active)?.element.focus({ preventScroll: true });
  }

  function onKeydown(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || slice.size === 0) return;
    const page = Math.max(1, Math.floor(scale.viewport / ROW_HEIGHT) - 1);
    const targets: Record<string, number> = {
      ArrowDown: active + 1,
      ArrowUp: active - 1,
      PageDown: active + page,
      PageUp: active - page,
      Home: 0,
      End: slice.size - 1,
      Enter: active,
    };
    const target = targets[event.key];
    const row = rowAt(active);
    if (target !== undefined) {
      event.preventDefault();
      activate(target);
    } else if (row !== undefined) {
      options.onKey?.(event, row);
    }
  }

  let settling: ReturnType<typeof setTimeout> | undefined;
  function onScroll(): void {
    scale.scrolledTo(body.scrollTop);
    render();
    clearTimeout(settling);
    settling = setTimeout(() => {
      // After wheeling through a scaled list the scroll bar lags behind; put it where it belongs.
      if (Math.abs(scale.offset) > 1 && scale.spacer < scale.total) scrollTo(scale.top);
      render();
    }, 160);
  }

  function indexOf(target: EventTarget | null): number | null {
    const box = target instanceof Element ? target.closest(".rows .row") : null;
    for (const [index, slot] of slots) if (slot.element === box) return index;
    return null;
  }

  body.addEventListener("keydown", onKeydown);
  body.addEventListener("scroll", onScroll, { passive: true });
  body.addEventListener("click", (event) => {
    const index = indexOf(event.target);
    if (index !== null) activate(index);
  });
  body.addEventListener("pointerenter", () => {
    pointerInside = true;
  });
  body.addEventListener("pointerleave", () => {
    pointerInside = false;
  });

  const measure = () => {
    scale.viewport = body.clientHeight;
    head.style.marginRight = `${body.offsetWidth - body.clientWidth}px`;
    render();
  };
  const observer = new ResizeObserver(measure);
  observer.observe(body);

  function tick(): void {
    for (const slot of slots.values()) if (slot.row !== undefined) slot.view.tick?.(slot.row, slot.element);
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
      for (const slot of slots.values()) slot.fresh = true;
      untracked(render);
    }),
  ];

  return {
    element,
    visible,
    reveal,
    tick,
    dispose: () => {
      observer.disconnect();
      clearTimeout(settling);
      for (const stop of stops) stop();
    },
  };
}
