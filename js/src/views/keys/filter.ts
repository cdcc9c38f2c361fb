import { effect, signal } from "@preact/signals-core";
import { button, FOCUSABLE, h, setText } from "../../dom.js";
import { icon } from "../../icons.js";
import type { Link, View } from "../../link.js";
import type { KeyQuery, KeyTableState } from "../../wire.gen.js";
import type { KeyQueries } from "./query.js";

const MODES = ["auto", "text", "glob", "regex"] as const;

/** The field to filter by, and how what is in it is read. `problem` is the id of what explains it. */
export function createFilter(
  { state }: Link<KeyTableState>,
  query: KeyQueries,
  problem: string,
  leave: () => void,
): View & { focus(): void } {
  const input = h("input", {
    type: "text",
    placeholder: "Filter keys",
    "aria-label": "Filter keys",
    spellcheck: "false",
    autocomplete: "off",
    autocapitalize: "off",
    ...FOCUSABLE,
  });
  const modes = MODES.map((mode) => h("option", { value: mode }, mode));
  const select = h("select", { "aria-label": "How the filter is read", ...FOCUSABLE }, ...modes);
  const inEffect = h("span", { "aria-hidden": "true" });
  const clear = button(
    { class: "btn icon", "aria-label": "Clear filter", title: "Clear (Esc)" },
    empty,
    icon("close"),
  );
  const element = h(
    "span",
    { class: "field filter" },
    icon("search"),
    input,
    clear,
    h("label", { class: "mode", title: "How the filter is read" }, inEffect, icon("down"), select),
  );
  const draft = signal(""); // what is in the field
  let asked = ""; // what was last asked for

  /** At once: of several wishes only the newest is sent, and it ends the list that is being made. */
  function ask(): void {
    if (input.value === asked) return;
    asked = input.value;
    query.set({ filter: asked });
  }

  function empty(): void {
    input.value = draft.value = "";
    ask();
    input.focus();
  }

  input.addEventListener("input", () => {
    draft.value = input.value;
    ask();
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && input.value !== "") empty();
    else if (event.key === "Escape" || event.key === "ArrowDown") leave();
    else return;
    event.preventDefault();
  });
  select.addEventListener("change", () => query.set({ mode: select.value as KeyQuery["mode"] }));

  const stops = [
    effect(() => {
      // Set from Python or another view.
      const { filter } = query.value.value;
      if (filter === asked) return;
      input.value = draft.value = asked = filter;
    }),
    effect(() => {
      const { mode } = query.value.value;
      const { matching } = state.value;
      const shown = mode === "auto" ? readAs(draft.value) : mode;
      select.value = mode;
      setText(modes[0]!, `auto (${mode === "auto" ? shown : matching})`);
      setText(inEffect, shown);
      inEffect.classList.toggle("q", mode === "auto");
    }),
    effect(() => {
      const wrong = state.value.problem?.field === "filter";
      element.classList.toggle("wrong", wrong);
      input.setAttribute("aria-invalid", String(wrong));
      if (wrong) input.setAttribute("aria-describedby", problem);
      else input.removeAttribute("aria-describedby");
    }),
    effect(() => {
      clear.hidden = draft.value === "";
    }),
  ];
  return {
    element,
    focus() {
      input.focus();
      input.select();
    },
    dispose: () => {
      for (const stop of stops) stop();
    },
  };
}

/** As the kernel reads it in mode "auto". */
function readAs(filter: string): "glob" | "text" {
  return /[*?]/.test(filter) ? "glob" : "text";
}
