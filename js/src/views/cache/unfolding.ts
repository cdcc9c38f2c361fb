import { effect, type ReadonlySignal, signal, untracked } from "@preact/signals-core";
import { button, div, h, modified } from "../../dom.js";
import { createRows } from "../keys/rows.js";

const REPAINT = 250; // ms between two paints, at least

export interface UnfoldingOptions<T> {
  label: string;
  items: ReadonlySignal<readonly T[]>;
  identify(item: T): number | string;
  /** Fills the row's button; returns what paints an item. */
  make(row: HTMLElement): (item: T) => void;
  /** What a row unfolds to. */
  details(item: T): HTMLElement;
}

export interface Unfolding<T> {
  readonly element: HTMLElement;
  readonly shown: ReadonlySignal<readonly T[]>;
  readonly held: ReadonlySignal<boolean>;
  /** Folds all and shows what there is now. */
  renew(): void;
  focus(): void;
  dispose(): void;
}

/**
 * Rows that unfold, newest or most first. While one of them is pointed at, has the keyboard's focus or is
 * unfolded, all keep their places: only what is in them is new.
 */
export function createUnfolding<T>(options: UnfoldingOptions<T>): Unfolding<T> {
  const { items, identify, make, details } = options;
  const list = h("ul", { "aria-label": options.label });
  const shown = signal<readonly T[]>([]);
  const held = signal(false);
  const paint = createRows<T>(list, options, makeRow);
  let active = 0;

  function makeRow(item: () => T) {
    const row = button({ class: "row", "aria-expanded": "false", tabindex: -1 }, () =>
      unfold(element, row.getAttribute("aria-expanded") === "false" ? item() : null),
    );
    const element = h("li", {}, row);
    return { element, paint: make(row) };
  }

  function unfold(element: Element, item: T | null): void {
    element.lastElementChild!.matches(".unfolded") && element.lastElementChild!.remove();
    element.firstElementChild!.ariaExpanded = String(item !== null);
    if (item !== null) element.append(div("unfolded", details(item)));
    hold();
  }

  function hold(): void {
    held.value = list.matches(":hover") || list.querySelector(":focus-visible, .unfolded") !== null;
  }

  const target = (i: number) => list.children[i]?.firstElementChild as HTMLElement | undefined;

  function rove(): void {
    active = Math.max(0, Math.min(active, list.childElementCount - 1));
    for (let i = 0; i < list.childElementCount; i++) {
      const tabIndex = i === active ? 0 : -1;
      if (target(i)!.tabIndex !== tabIndex) target(i)!.tabIndex = tabIndex;
    }
  }

  list.addEventListener("keydown", (event) => {
    if (modified(event) || event.shiftKey) return;
    if (!(event.target as Element).matches(".row")) return;
    const last = list.childElementCount - 1;
    const places: Record<string, number> = { ArrowDown: active + 1, ArrowUp: active - 1, Home: 0, End: last };
    if (!(event.key in places)) return;
    event.preventDefault();
    event.stopPropagation();
    active = places[event.key]!;
    rove();
    target(active)?.focus();
  });
  list.addEventListener("focusin", ({ target: at }) => {
    active = [...list.children].indexOf((at as Element).closest("li")!);
    rove();
    hold();
  });
  list.addEventListener("focusout", () => queueMicrotask(hold));
  list.addEventListener("pointerenter", hold);
  list.addEventListener("pointerleave", hold);

  let timer: ReturnType<typeof setTimeout> | undefined;
  let painted = 0;
  function repaint(): void {
    clearTimeout(timer);
    timer = undefined;
    painted = Date.now();
    shown.value = held.peek() ? inPlace(shown.peek(), items.peek(), identify) : items.peek();
    paint(shown.peek());
    rove();
  }
  const stop = effect(() => {
    void items.value;
    void held.value;
    untracked(() => {
      timer ??= setTimeout(repaint, Math.max(0, painted + REPAINT - Date.now()));
    });
  });
  return {
    element: list,
    shown,
    held,
    renew() {
      for (const element of list.children) unfold(element, null);
      list.scrollTop = 0;
      shown.value = [];
      held.value = false;
      repaint();
      hold();
    },
    focus: () => target(0)?.focus(),
    dispose() {
      clearTimeout(timer);
      stop();
    },
  };
}

/** The items shown, as they are now. */
export function inPlace<T>(
  shown: readonly T[],
  items: readonly T[],
  identify: (item: T) => number | string,
): readonly T[] {
  if (shown.length === 0) return items;
  const now = new Map(items.map((item) => [identify(item), item]));
  return shown.map((item) => now.get(identify(item)) ?? item);
}
