import { effect, type ReadonlySignal } from "@preact/signals-core";
import { button, div, h } from "../../dom.js";
import type { Link, View } from "../../link.js";
import { paintText } from "../../text.js";
import type { CacheState, EntryQuery } from "../../wire.gen.js";
import type { Queries } from "../query.js";

/** In place of the rows where there are none: why, and the way out. */
export function createNoEntries(
  { state }: Link<CacheState>,
  query: Queries<EntryQuery>,
  list: ReadonlySignal<{ size: number }>,
  leave: () => void,
): View {
  const filter = h("bdi", { class: "mono b" });
  const clear = button(
    {},
    () => {
      query.set({ filter: "" });
      leave();
    },
    "Clear filter",
  );
  const unmatched = h("div", {}, h("p", {}, "No entry matches ", filter), div("acts", clear));
  const empty = h(
    "div",
    {},
    h("h3", {}, "Nothing is cached"),
    h("p", {}, "Entries appear here when a lookup misses and its answer is cached."),
  );
  const element = h("div", { class: "empty nomatch", role: "status" });
  const dispose = effect(() => {
    const { size, progress, entry_query: listed } = state.value;
    const none = list.value.size === 0 && progress === null;
    element.hidden = !none;
    if (!none) return;
    paintText(filter, listed.filter, 200);
    const said = size === 0 ? empty : unmatched;
    if (element.firstChild !== said) element.replaceChildren(said);
  });
  return { element, dispose };
}
