import { arrange, h, setText, span } from "../../dom.js";
import type { Quantity } from "../../format.js";
import { splitKey } from "../../keys.js";
import { paintText, visible } from "../../text.js";

export interface Row<T> {
  element: HTMLElement;
  paint(item: T): void;
}

type Identify<T> = (item: T) => number | string;

export interface RowsOptions<T> {
  identify: Identify<T>;
  /** What is shown in place of `items` while the list is pointed at, when `shown` was before. */
  steady?(shown: readonly T[], items: readonly T[], identify: Identify<T>): readonly T[];
}

/**
 * Rows for a short list; an element stays with its item, which `make` gets a way to ask for. A row is painted
 * where its item, or the context, is another than before.
 */
export function createRows<T>(
  list: HTMLElement,
  { identify, steady }: RowsOptions<T>,
  make: (item: () => T) => Row<T>,
): (items: readonly T[], context?: unknown) => void {
  type Shown = Row<T> & { item: T; mark?: string };
  let rows = new Map<number | string, Shown>();
  let shown: readonly T[] = [];
  let told: [readonly T[], unknown?] = [[]];

  function fresh(item: T): Shown {
    const own = { item };
    return Object.assign(
      own,
      make(() => own.item),
    );
  }

  function show(...given: typeof told): void {
    told = given;
    const [items, context] = given;
    const before = rows;
    rows = new Map();
    shown = steady && list.matches(":hover") ? steady(shown, items, identify) : items;
    for (const item of shown) {
      let id = identify(item);
      while (rows.has(id)) id += "\0"; // what is cut may look the same
      const row = before.get(id) ?? fresh(item);
      const mark = JSON.stringify([item, context]);
      row.item = item;
      if (row.mark !== mark) row.paint(item);
      row.mark = mark;
      rows.set(id, row);
    }
    arrange(
      list,
      [...rows.values()].map(({ element }) => element),
    );
  }
  if (steady) list.addEventListener("pointerleave", () => show(...told));
  return show;
}

/** What a select offers, its texts cut; one that is offered again stays the same. */
export const createOptions = (select: HTMLSelectElement, limit: number) =>
  createRows<string>(select, { identify: (value) => value }, (value) => ({
    element: h("option", { value: value() }, visible(value(), limit)),
    paint() {},
  }));

/** The items where those shown are: what is new comes where one is gone, and after them. */
export function inPlaces<T>(shown: readonly T[], items: readonly T[], identify: Identify<T>): T[] {
  const left = new Map(items.map((item) => [identify(item), item]));
  const stay = shown.map((item) => {
    const id = identify(item);
    const now = left.get(id);
    left.delete(id);
    return now;
  });
  const fresh = left.values();
  return [...stay.map((item) => item ?? fresh.next().value), ...fresh].filter((item) => item !== undefined);
}

/** A key with its namespace dimmed and cut first: what tells it apart is at its end. */
export function keyName(): HTMLElement {
  const [namespace, leaf, end] = ["ns", "leaf", "leaf end"].map((name) => h("bdi", { class: name }));
  return span("key", namespace, leaf, end);
}

/** What would look like nothing is quoted. */
export const seen = (name: string) => (name.trim() === "" ? JSON.stringify(name) : name);

/** A last segment of more characters is cut before its end. */
const LONG = 40;
const END = /[\x20-\x7e]{12}$/; // what may stand apart in any direction of writing

/** null: none yet. */
export function paintKey(element: HTMLElement, key: string | null, delimiters: string): void {
  const [namespace, leaf, end] = [...element.children] as [HTMLElement, HTMLElement, HTMLElement];
  const [before, last] = splitKey(key ?? "", delimiters);
  const at = last.length > LONG && END.test(last) ? last.length - 12 : last.length;
  paintText(namespace, before);
  paintText(leaf, key === null ? "" : seen(last.slice(0, at)));
  paintText(end, last.slice(at));
  leaf.classList.toggle("keep", before !== "" && at === last.length);
}

/** A number and its unit, in columns of their own. */
export function numberCell(slot: "b2" | "t2", tone = ""): HTMLElement {
  return span(`num ${tone}`, h("span"), span(`u ${slot}`));
}

export function paintNumber(cell: HTMLElement, { digits, unit }: Quantity, before = ""): void {
  setText(cell.firstElementChild!, before + digits);
  setText(cell.lastElementChild!, unit);
  cell.classList.toggle("whole", unit === "");
}
