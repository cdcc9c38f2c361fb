import { computed } from "@preact/signals-core";
import type { Link } from "../../link.js";
import type { KeyQuery, KeyTableState } from "../../wire.gen.js";
import { createQueries, type Queries } from "../query.js";

export type KeyQueries = Queries<KeyQuery>;

export function createQuery(link: Link<KeyTableState>, announce: (text: string) => void): KeyQueries {
  const { state } = link;
  return createQueries(
    computed(() => state.value.query),
    computed(() => JSON.stringify([state.value.query, state.value.problem])),
    (changes) => {
      if (state.peek().start > 0) link.look({ start: 0, stop: 60 }); // another list begins at its top
      return link.request("query", changes);
    },
    announce,
  );
}

/** Whether it leaves out any key. */
export function narrows({ filter, types, min_size, max_size, namespace }: KeyQuery): boolean {
  return filter !== "" || types.length > 0 || min_size !== null || max_size !== null || namespace !== "";
}

/** Whether the list is in the store's own order, in which no key ever moves. */
export function stays({ sort, descending }: KeyQuery): boolean {
  return sort === "stored" && !descending;
}
