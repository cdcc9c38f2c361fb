import { effect, type ReadonlySignal, signal } from "@preact/signals-core";
import { button, h, modified, span } from "../dom.js";
import { stopAll } from "../stops.js";
import { createSplitter } from "./splitter.js";

export interface Order<N extends string> {
  sort: N | "stored";
  descending: boolean;
}

export interface Column<N extends string> {
  name: N;
  label: string;
  /** Pixels. */
  least: number;
  /** Numbers, at the right. */
  numeric?: boolean;
  /** The first click sorts so that what counts most comes first. */
  descending?: boolean;
}

/** Pixels; 0 is left out. */
export type Widths<N extends string> = Readonly<Record<N, number>>;

export interface HeadsOptions<N extends string> {
  columns: readonly Column<N>[];
  /** The order in effect; "stored" is that of none of the columns. */
  order: ReadonlySignal<{ sort: string; descending: boolean }>;
  sort(order: Order<N>): void;
  widthsOf(width: number, wished: Partial<Widths<N>>): Widths<N>;
  /** The column that takes what the others leave. */
  takesRest(widths: Widths<N>): N;
  /** Pixels of the column for marks, before the others. */
  mark: number;
}

export interface Heads {
  elements: HTMLElement[];
  /** Sizes the columns of the grid; to be called once the grid is there. */
  attach(grid: HTMLElement): () => void;
}

/** The next order of a click on a head: one way, the other, as stored. */
export function cycle<N extends string>(
  order: { sort: string; descending: boolean },
  { name, descending: first = false }: Pick<Column<N>, "name" | "descending">,
): Order<N> {
  if (order.sort !== name) return { sort: name, descending: first };
  return order.descending === first
    ? { sort: name, descending: !first }
    : { sort: "stored", descending: false };
}

/** Heads that sort and can be resized; their cells have the class `c-` and the column's name. */
export function createHeads<N extends string>(options: HeadsOptions<N>): Heads {
  const { columns, order, widthsOf } = options;
  const wished = signal<Partial<Widths<N>>>({});
  const width = signal(0);

  const parts = columns.map((column, i) => {
    const { name, label, least, numeric } = column;
    const arrow = h("span", { class: "arrow", "aria-hidden": "true" });
    const sorter = button(
      { class: "sorter", tabindex: i === 0 ? 0 : -1, title: "Sort (Shift+← → resizes)" },
      () => options.sort(cycle(order.peek(), column)),
      label,
      arrow,
    );
    const splitter =
      i === columns.length - 1
        ? null
        : createSplitter({
            label: `Width of ${label}`,
            orientation: "vertical",
            step: 8,
            value: () => ({ now: widthsOf(width.peek(), wished.peek())[name], min: least, max: 600 }),
            set(size) {
              const { [name]: _, ...others } = wished.peek();
              wished.value = (size === null ? others : { ...others, [name]: size }) as Partial<Widths<N>>;
            },
          });
    const head = h(
      "span",
      { role: "columnheader", "aria-label": label, class: `c-${name}${numeric ? " num" : ""}` },
      sorter,
      splitter?.element,
    );
    return { name, head, sorter, arrow, splitter };
  });

  function onKey(event: KeyboardEvent): void {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const target = event.target as Element;
    const part = parts.find(({ head }) => head.contains(target));
    const isSplitter = target.getAttribute("role") === "separator";
    if (!by || !part || isSplitter || modified(event)) return;
    event.preventDefault();
    if (event.shiftKey) part.splitter?.move(by);
    else {
      const shown = parts.filter(({ head }) => head.offsetParent !== null);
      shown[shown.indexOf(part) + by]?.sorter.focus();
    }
  }
  for (const { head, sorter } of parts) {
    head.addEventListener("keydown", onKey);
    head.addEventListener("focusin", () => {
      for (const other of parts) other.sorter.tabIndex = other.sorter === sorter ? 0 : -1;
    });
  }

  return {
    elements: [h("span", { role: "columnheader" }, span("sr", "Mark")), ...parts.map(({ head }) => head)],
    attach(grid) {
      const rows = grid.querySelector<HTMLElement>(".rows")!;
      const observer = new ResizeObserver(() => {
        width.value = rows.clientWidth;
      });
      observer.observe(rows);
      const stops = [
        () => observer.disconnect(),
        effect(() => {
          const widths = widthsOf(width.value, wished.value);
          const rest = options.takesRest(widths);
          const tracks = columns
            .filter(({ name }) => widths[name] > 0)
            .map(({ name }) => (name === rest ? "minmax(0, 1fr)" : `${widths[name]}px`));
          grid.style.setProperty("--cols", [`${options.mark}px`, ...tracks].join(" "));
          for (const { name } of columns) grid.classList.toggle(`no-${name}`, widths[name] === 0);
          for (const { splitter } of parts) splitter?.update();
        }),
        effect(() => {
          const { sort: by, descending } = order.value;
          for (const { name, head, arrow } of parts) {
            const sorted = by !== name ? null : descending ? "descending" : "ascending";
            if (sorted) head.setAttribute("aria-sort", sorted);
            else head.removeAttribute("aria-sort");
            arrow.textContent = sorted === null ? "" : descending ? "↓" : "↑";
          }
        }),
      ];
      return stopAll(stops);
    },
  };
}
