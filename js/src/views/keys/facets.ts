import { computed, effect } from "@preact/signals-core";
import { button, div, FOCUSABLE, h, setText, span } from "../../dom.js";
import { bytes, count, parseBytes } from "../../format.js";
import type { Link, View } from "../../link.js";
import { stopAll } from "../../stops.js";
import { painted } from "../../text.js";
import type { KeyTableState } from "../../wire.gen.js";
import type { KeyQueries } from "./query.js";
import { createRows, inPlaces } from "./rows.js";

interface Type {
  label: string;
  /** null: not counted under the present query. */
  keys: number | null;
}

/** Types and sizes to narrow the list by. */
export function createFacets({ state }: Link<KeyTableState>, query: KeyQueries): View {
  const types = h("div", { class: "types", role: "group", "aria-label": "Types" });
  const note = h("p", { class: "q" });
  const min = sizeField("At least", "min_size");
  const max = sizeField("At most", "max_size");
  const clear = button({}, () => query.set({ types: [], min_size: null, max_size: null }), "Clear all");
  const element = h(
    "div",
    {},
    h("h3", {}, "Type"),
    types,
    note,
    h("h3", {}, "Size"),
    div("sizes", min.element, max.element),
    div("acts", clear),
  );

  function sizeField(label: string, field: "min_size" | "max_size") {
    const input = h("input", {
      type: "text",
      placeholder: field === "min_size" ? "0 B" : "10 kB",
      "aria-label": label,
      ...FOCUSABLE,
    });
    const hint = h("small", { class: "evict" }, "a size, like 10 kB");
    const take = () => {
      const size = parseBytes(input.value);
      hint.hidden = size !== undefined;
      input.setAttribute("aria-invalid", String(size === undefined));
      if (size !== undefined && size !== query.value.peek()[field]) query.set({ [field]: size });
    };
    input.addEventListener("change", take);
    input.addEventListener("keydown", (event) => {
      if (event.key === "Enter") take();
    });
    return {
      element: h("label", {}, span("s", label), span("field", input), hint),
      paint(size: number | null) {
        input.value = size === null ? "" : Object.values(bytes(size)).join(" ");
        if (size !== null && parseBytes(input.value) !== size) input.value = String(size);
        hint.hidden = true;
        input.setAttribute("aria-invalid", "false");
      },
    };
  }

  function toggle(type: string, on: boolean): void {
    const others = query.value.peek().types.filter((other) => other !== type);
    query.set({ types: on ? [...others, type] : others });
  }

  // The kernel counts what is listed, so where some types are chosen the others are missing:
  // they are listed as they last were, and those chosen though there may be no value of them any more.
  let before: { label: string; keys: number; of: string }[] = [];
  const shares = computed<Type[]>(() => {
    const { types: chosen, filter, mode, namespace, min_size: min, max_size: max } = query.value.value;
    const of = JSON.stringify([filter, mode, namespace, min, max]);
    const known = (state.value.space?.types ?? []).map(({ label, keys }) => ({ label, keys, of }));
    if (chosen.length === 0) before = known;
    const all = [...before, ...known, ...chosen.map((label) => ({ label, keys: 0, of }))];
    return [...new Set(all.map(({ label }) => label))].map((label) => {
      const now = known.find((one) => one.label === label);
      const then = all.find((one) => one.label === label)!;
      if (now || chosen.includes(label)) return { label, keys: now?.keys ?? 0 };
      return { label, keys: then.of === of ? then.keys : null };
    });
  });

  const rows = createRows<Type>(types, { identify: ({ label }) => label, steady: inPlaces }, (item) => {
    const { label } = item();
    const check = h("input", { type: "checkbox", ...FOCUSABLE });
    check.addEventListener("change", () => toggle(label, check.checked));
    const number = span("num s");
    return {
      element: h("label", { "data-type": label }, check, painted("bdi", "ell", label, 60), number),
      paint({ keys }) {
        check.checked = query.value.peek().types.includes(label);
        setText(number, keys === null ? "" : count(keys));
      },
    };
  });

  const stops = [
    effect(() => rows(shares.value, query.value.value.types)),
    effect(() => {
      const space = state.value.space;
      const part = space ? space.progress : 0;
      setText(note, part === null ? "" : `counting, ${Math.floor(100 * part)} %`);
      note.hidden = part === null;
    }),
    effect(() => {
      const { min_size: least, max_size: most, types: chosen } = query.value.value;
      min.paint(least);
      max.paint(most);
      clear.setAttribute("aria-disabled", String(chosen.length === 0 && least === null && most === null));
    }),
  ];
  return {
    element,
    dispose: stopAll(stops),
  };
}
