import { computed, effect, type ReadonlySignal, signal } from "@preact/signals-core";
import type { Link } from "../../link.js";
import type { KeyRow, KeyTableState } from "../../wire.gen.js";
import type { Held } from "../hold.js";
import { createWish } from "../wish.js";

/** Up to so many rows are selected one by one; more are "all that match", whatever they are by then. */
const SINGLY = 1_000;

interface Choice {
  /** Of the request. */
  params: { ids: number[] } | { first: number; last: number };
  count: number;
  has(row: KeyRow, index: number): boolean;
}

export interface Selection {
  has(row: KeyRow, index: number): boolean;
  readonly count: ReadonlySignal<number>;
  /** Ids of the selected keys; null where only the kernel knows them all. */
  readonly ids: ReadonlySignal<number[] | null>;
  /** Whether all that match are meant: known to the view only. */
  readonly all: ReadonlySignal<boolean>;
  /** Changes whenever `has` may answer otherwise. */
  readonly context: ReadonlySignal<unknown>;
  only(row: Pick<KeyRow, "id">, index: number): void;
  toggle(row: KeyRow, index: number): void;
  range(index: number): void;
  everything(): void;
  clear(): void;
  dispose(): void;
}

/** The selected keys, which show as selected before the kernel knows of it. */
export function createSelection(
  link: Link<KeyTableState>,
  list: ReadonlySignal<Held<KeyRow>>,
  announce: (text: string) => void,
): Selection {
  const { state } = link;
  const all = signal(false);
  const known = computed(() => new Set(state.value.selection));
  const confirmed = computed(() => JSON.stringify([state.value.selection, state.value.selected]));
  const wish = createWish<Choice>(
    confirmed,
    ({ params }) => link.request("select", params),
    ({ count, params }) =>
      state.peek().selected === count &&
      (!("ids" in params) || params.ids.every((id) => known.peek().has(id))),
    announce,
  );
  let anchor = { id: -1, index: 0 }; // where a range begins

  const ids = computed(() => {
    const wanted = wish.value.value;
    if (wanted) return "ids" in wanted.params ? wanted.params.ids : null;
    const { selection, selected } = state.value;
    return selected === selection.length ? selection : null;
  });

  let { basis } = list.peek();
  const stop = effect(() => {
    if (list.value.basis === basis) return;
    basis = list.value.basis;
    all.value = false;
  });

  function has(row: KeyRow, index: number): boolean {
    if (all.value) return true;
    const wanted = wish.value.value;
    if (wanted) return wanted.has(row, index);
    return known.value.has(row.id);
  }

  function choose(choice: Choice): void {
    all.value = false;
    wish.ask(choice);
  }

  function chooseIds(chosen: number[]): void {
    const set = new Set(chosen);
    choose({ params: { ids: chosen }, count: chosen.length, has: (row) => set.has(row.id) });
  }

  /** The place of a row shown, without the deleted ones before it. */
  function place(index: number): number {
    const { start, rows, gone } = list.peek();
    return index - rows.slice(0, Math.max(0, index - start)).filter((row) => gone.has(row.id)).length;
  }

  function range(index: number): void {
    const { start, rows, gone } = list.peek();
    const found = rows.findIndex((row) => row.id === anchor.id);
    const from = found === -1 ? anchor.index : start + found;
    const [first, last] = from < index ? [from, index] : [index, from];
    const between = rows.slice(Math.max(0, first - start), Math.max(0, last + 1 - start));
    if (between.length === last + 1 - first) {
      chooseIds(between.filter((row) => !gone.has(row.id)).map((row) => row.id));
    } else {
      choose({
        params: { first: place(first), last: place(last) },
        count: place(last) - place(first) + 1,
        has: (_, at) => at >= first && at <= last,
      });
    }
  }

  return {
    has,
    count: computed(() => (all.value ? state.value.size : (wish.value.value?.count ?? state.value.selected))),
    ids,
    all,
    context: computed(() => [all.value, wish.value.value, confirmed.value]),
    only(row, index) {
      anchor = { id: row.id, index };
      chooseIds([row.id]);
    },
    toggle(row, index) {
      anchor = { id: row.id, index };
      const before = ids.peek();
      if (before === null) announce("Too many keys are selected to take one out: narrow the filter");
      else chooseIds(before.includes(row.id) ? before.filter((id) => id !== row.id) : [...before, row.id]);
    },
    range,
    everything() {
      const { size } = state.peek();
      if (size <= SINGLY) {
        anchor = { id: -1, index: 0 };
        range(list.peek().size - 1);
      } else {
        all.value = true;
      }
    },
    clear: () => chooseIds([]),
    dispose() {
      stop();
      wish.dispose();
    },
  };
}
