import { computed, effect } from "@preact/signals-core";
import { FOCUSABLE, h, setText } from "../../dom.js";
import { icon } from "../../icons.js";
import type { Link, View } from "../../link.js";
import type { KeyQuery, KeyTableState } from "../../wire.gen.js";
import { createSearch } from "../search.js";
import type { KeyQueries } from "./query.js";

const MODES = ["auto", "text", "glob", "regex"] as const;

/** The field to filter by, and how what is in it is read. `problem` is the id of what explains it. */
export function createFilter(
  { state }: Link<KeyTableState>,
  query: KeyQueries,
  problem: string,
  leave: () => void,
): View & { focus(): void } {
  const modes = MODES.map((mode) => h("option", { value: mode }, mode));
  const select = h("select", { "aria-label": "How the filter is read", ...FOCUSABLE }, ...modes);
  const inEffect = h("span", { "aria-hidden": "true" });
  const search = createSearch({
    label: "Filter keys",
    value: computed(() => query.value.value.filter),
    ask: (filter) => query.set({ filter }),
    wrong: computed(() => state.value.problem?.field === "filter"),
    problem,
    leave,
    last: h("label", { class: "mode", title: "How the filter is read" }, inEffect, icon("down"), select),
  });
  select.addEventListener("change", () => query.set({ mode: select.value as KeyQuery["mode"] }));

  const stop = effect(() => {
    const { mode } = query.value.value;
    const { matching } = state.value;
    const shown = mode === "auto" ? readAs(search.draft.value) : mode;
    select.value = mode;
    setText(modes[0]!, `auto (${mode === "auto" ? shown : matching})`);
    setText(inEffect, shown);
    inEffect.classList.toggle("q", mode === "auto");
  });
  return {
    element: search.element,
    focus: search.focus,
    dispose() {
      stop();
      search.dispose();
    },
  };
}

/** As the kernel reads it in mode "auto". */
function readAs(filter: string): "glob" | "text" {
  return /[*?]/.test(filter) ? "glob" : "text";
}
