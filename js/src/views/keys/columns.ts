import { effect, type ReadonlySignal, signal } from "@preact/signals-core";
import { button, h } from "../../dom.js";
import type { KeyQuery } from "../../wire.gen.js";
import { createSplitter } from "../splitter.js";

type Name = Exclude<KeyQuery["sort"], "stored">;
export type Widths = Readonly<Record<Name, number>>;

const COLUMNS: readonly Name[] = ["key", "type", "size", "changed", "preview"];
const LABEL: Readonly<Record<Name, string>> = {
  key: "Key",
  type: "Type",
  size: "Size",
  changed: "Changed",
  preview: "Preview",
};
const NATURAL: Partial<Widths> = { type: 68, size: 62, changed: 70 };
const LEAST: Widths = { key: 88, type: 40, size: 48, changed: 48, preview: 120 };
const KEY_BESIDE_TYPE = 172;
const MOST_OF_KEY = 420;
const MARK = 14;
const GAP = 8;
const PADDING = 20;

/** Which columns a width has room for, and how wide each is (pixels); 0 is left out. */
export function widthsOf(width: number, wished: Partial<Widths>): Widths {
  const sized = (name: Name) => Math.max(LEAST[name], wished[name] ?? NATURAL[name] ?? 0);
  let names = [...COLUMNS];
  for (const unwanted of ["preview", "type"] as const) {
    const fixed = names.filter((name) => name !== "key" && name !== "preview").map(sized);
    const least = KEY_BESIDE_TYPE + (names.includes("preview") ? LEAST.preview : 0);
    if (room(width, fixed, names.length) >= least) break;
    names = names.filter((name) => name !== unwanted);
  }
  const widths: Record<Name, number> = { key: 0, type: 0, size: 0, changed: 0, preview: 0 };
  for (const name of names) widths[name] = sized(name);
  const left = room(width, [widths.type, widths.size, widths.changed], names.length);
  if (names.includes("preview")) {
    const natural = Math.min(MOST_OF_KEY, 0.46 * left);
    widths.key = Math.round(Math.min(left - LEAST.preview, Math.max(LEAST.key, wished.key ?? natural)));
    widths.preview = left - widths.key;
  } else {
    widths.key = Math.max(LEAST.key, left);
  }
  return widths;
}

function room(width: number, taken: readonly number[], columns: number): number {
  return width - PADDING - MARK - columns * GAP - taken.reduce((sum, each) => sum + each, 0);
}

/** The next order of a click on a head: ascending, descending, as stored. */
export function cycle(query: KeyQuery, column: Name): Pick<KeyQuery, "sort" | "descending"> {
  if (query.sort !== column) return { sort: column, descending: false };
  return query.descending ? { sort: "stored", descending: false } : { sort: column, descending: true };
}

export interface Columns {
  heads: HTMLElement[];
  /** Sizes the columns of the grid; to be called once the grid is there. */
  attach(grid: HTMLElement): () => void;
}

/** Heads that sort and can be resized. */
export function createColumns(
  query: ReadonlySignal<KeyQuery>,
  sort: (order: Pick<KeyQuery, "sort" | "descending">) => void,
): Columns {
  const wished = signal<Partial<Widths>>({});
  const width = signal(0);
  const arrows = new Map<Name, HTMLElement>();
  const heads = new Map<Name, HTMLElement>();

  const splitters = COLUMNS.slice(0, -1).map((name) => {
    const splitter = createSplitter({
      label: `Width of ${LABEL[name]}`,
      orientation: "vertical",
      step: 8,
      value: () => ({ now: widthsOf(width.peek(), wished.peek())[name], min: LEAST[name], max: 600 }),
      set(size) {
        const { [name]: _, ...others } = wished.peek();
        wished.value = size === null ? others : { ...others, [name]: size };
      },
    });
    return [name, splitter] as const;
  });
  const byName = new Map(splitters);

  for (const name of COLUMNS) {
    const arrow = h("span", { class: "arrow", "aria-hidden": "true" });
    const sorter = button(
      { class: "sorter", tabindex: name === "key" ? 0 : -1, title: "Sort (Shift+← → resizes)" },
      () => sort(cycle(query.peek(), name)),
      LABEL[name],
      arrow,
    );
    arrows.set(name, arrow);
    heads.set(
      name,
      h(
        "span",
        {
          role: "columnheader",
          "aria-label": LABEL[name],
          class: `c-${name}${name === "size" || name === "changed" ? " num" : ""}`,
        },
        sorter,
        byName.get(name)?.element,
      ),
    );
  }
  const all = [...heads.values()];

  function onKey(event: KeyboardEvent): void {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const i = all.indexOf((event.target as Element).closest<HTMLElement>("[role=columnheader]")!);
    const isSplitter = (event.target as Element).getAttribute("role") === "separator";
    if (by === undefined || i === -1 || isSplitter || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    if (event.shiftKey) byName.get(COLUMNS[i]!)?.move(by);
    else {
      const shown = all.filter((head) => head.offsetParent !== null);
      const next = shown[shown.indexOf(all[i]!) + by];
      next?.querySelector<HTMLElement>(".sorter")?.focus();
    }
  }
  for (const head of all) {
    head.addEventListener("keydown", onKey);
    head.addEventListener("focusin", () => {
      for (const other of all) {
        other.querySelector<HTMLElement>(".sorter")!.tabIndex = other === head ? 0 : -1;
      }
    });
  }

  return {
    heads: [h("span", { role: "columnheader" }, h("span", { class: "sr" }, "Mark")), ...all],
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
          const tracks = COLUMNS.filter((name) => widths[name] > 0).map((name) => `${widths[name]}px`);
          tracks[tracks.length - (widths.preview > 0 ? 1 : tracks.length)] = "minmax(0, 1fr)";
          grid.style.setProperty("--cols", [`${MARK}px`, ...tracks].join(" "));
          for (const name of ["type", "preview"] as const) {
            grid.classList.toggle(`no-${name}`, widths[name] === 0);
          }
          for (const [, splitter] of splitters) splitter.update();
        }),
        effect(() => {
          const { sort: by, descending } = query.value;
          for (const name of COLUMNS) {
            const head = heads.get(name)!;
            const order = by !== name ? null : descending ? "descending" : "ascending";
            if (order) head.setAttribute("aria-sort", order);
            else head.removeAttribute("aria-sort");
            arrows.get(name)!.textContent = order === null ? "" : descending ? "↓" : "↑";
          }
        }),
      ];
      return () => {
        for (const stop of stops) stop();
      };
    },
  };
}
