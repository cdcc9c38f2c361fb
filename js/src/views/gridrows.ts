import { FOCUSABLE, h } from "../dom.js";
import type { Span } from "./gridmath.js";

/** One row's element, to be filled with one row after another. */
export interface RowView<R> {
  cells: HTMLElement[];
  /** Writes the row; undefined while it is on its way. */
  paint(row: R | undefined, element: HTMLElement): void;
  /** Time went by. */
  tick?(row: R, element: HTMLElement): void;
}

export interface Slot<R> {
  readonly element: HTMLElement;
  readonly view: RowView<R>;
  row: R | undefined;
  /** To be painted whatever is in it. */
  fresh: boolean;
}

/** The elements of the rows that are drawn, by index; those no longer needed are used again. */
export class RowPool<R> {
  #slots = new Map<number, Slot<R>>();
  readonly #free: Slot<R>[] = [];

  constructor(
    readonly parent: HTMLElement,
    readonly makeRow: () => RowView<R>,
  ) {}

  [Symbol.iterator]() {
    return this.#slots.entries();
  }

  at(index: number): HTMLElement | undefined {
    return this.#slots.get(index)?.element;
  }

  indexOf(element: Element | null): number | null {
    for (const [index, slot] of this) if (slot.element === element) return index;
    return null;
  }

  /** Has elements for these rows and for `also`, in document order; none that may have the focus moves. */
  show({ first, end }: Span, also: number | null): void {
    for (const [index, slot] of this.#slots) {
      if ((index >= first && index < end) || index === also) continue;
      this.#slots.delete(index);
      slot.element.remove();
      this.#free.push(slot);
    }
    let next: Element | null = null;
    for (let index = end - 1; index >= first; index--) {
      let slot = this.#slots.get(index);
      if (!slot) {
        slot = this.#free.pop() ?? this.#make();
        slot.fresh = true;
        this.#slots.set(index, slot);
        this.parent.insertBefore(slot.element, next);
      }
      next = slot.element;
    }
  }

  /** The rows have other indices now: their elements go with them, and so does the focus. */
  shift(by: number): void {
    this.#slots = new Map([...this.#slots].map(([index, slot]) => [index + by, slot]));
  }

  #make(): Slot<R> {
    const view = this.makeRow();
    const element = h("div", { class: "row", role: "row", ...FOCUSABLE, tabindex: -1 }, ...view.cells);
    return { element, view, row: undefined, fresh: true };
  }
}
