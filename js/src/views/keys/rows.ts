import { h, setText } from "../../dom.js";
import type { Quantity } from "../../format.js";
import { splitKey } from "../../keys.js";
import { paintText } from "../../text.js";

export interface Row<T> {
  element: HTMLElement;
  paint(item: T): void;
}

/**
 * Rows for a short list, reused by place: `make` gets what tells a row's item of the moment. A row is
 * painted where its item, or the context, is another than before.
 */
export function createRows<T>(
  list: HTMLElement,
  make: (item: () => T) => Row<T>,
): (items: readonly T[], context?: unknown) => void {
  const rows: (Row<T> & { mark?: string })[] = [];
  let shown: readonly T[] = [];
  return (items, context) => {
    shown = items;
    while (rows.length > items.length) rows.pop()!.element.remove();
    for (const [i, item] of items.entries()) {
      if (!rows[i]) {
        rows.push(make(() => shown[i]!));
        list.append(rows[i]!.element);
      }
      const mark = JSON.stringify([item, context]);
      if (rows[i]!.mark !== mark) rows[i]!.paint(item);
      rows[i]!.mark = mark;
    }
  };
}

/** A key with its namespace dimmed and cut first: what tells it apart is at its end. */
export function keyName(): HTMLElement {
  const [namespace, leaf, end] = ["ns", "leaf", "leaf end"].map((name) => h("bdi", { class: name }));
  return h("span", { class: "key" }, namespace, leaf, end);
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
  return h("span", { class: `num ${tone}` }, h("span"), h("span", { class: `u ${slot}` }));
}

export function paintNumber(cell: HTMLElement, { digits, unit }: Quantity, before = ""): void {
  setText(cell.firstElementChild!, before + digits);
  setText(cell.lastElementChild!, unit);
  cell.classList.toggle("whole", unit === "");
}
