import { computed, type ReadonlySignal } from "@preact/signals-core";
import type { Link } from "../../link.js";
import type { KeyQuery, KeyTableState } from "../../wire.gen.js";
import { createWish } from "./wish.js";

export interface KeyQueries {
  /** The query, with what was asked for already in it. */
  readonly value: ReadonlySignal<KeyQuery>;
  set(changes: Partial<KeyQuery>): void;
  dispose(): void;
}

export function createQuery(link: Link<KeyTableState>, announce: (text: string) => void): KeyQueries {
  const { state } = link;
  const current = computed(() => state.value.query);
  const wish = createWish<Partial<KeyQuery>>(
    computed(() => JSON.stringify([state.value.query, state.value.problem])),
    (changes) => {
      if (state.peek().start > 0) link.look({ start: 0, stop: 60 }); // another list begins at its top
      return link.request("query", changes);
    },
    (changes) =>
      Object.entries(changes).every(
        ([name, value]) => JSON.stringify(current.peek()[name as keyof KeyQuery]) === JSON.stringify(value),
      ),
    announce,
  );
  return {
    value: computed(() => ({ ...current.value, ...wish.value.value })),
    set(changes) {
      wish.ask({ ...wish.value.peek(), ...changes });
    },
    dispose: wish.dispose,
  };
}

/** Whether it leaves out any key. */
export function narrows({ filter, types, min_size, max_size, namespace }: KeyQuery): boolean {
  return filter !== "" || types.length > 0 || min_size !== null || max_size !== null || namespace !== "";
}

/** Whether the list is in the store's own order, in which no key ever moves. */
export function stays({ sort, descending }: KeyQuery): boolean {
  return sort === "stored" && !descending;
}
