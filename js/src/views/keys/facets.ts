import { computed, effect } from "@preact/signals-core";
import { button, FOCUSABLE, h, hasFocus, setText } from "../../dom.js";
import { bytes, count, parseBytes } from "../../format.js";
import type { Link, View } from "../../link.js";
import { stopAll } from "../../stops.js";
import { paintText } from "../../text.js";
import type { KeyTableState } from "../../wire.gen.js";
import type { KeyQueries } from "./query.js";

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
    h("div", { class: "sizes" }, min.element, max.element),
    h("div", { class: "acts" }, clear),
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
      element: h("label", {}, h("span", { class: "s" }, label), h("span", { class: "field" }, input), hint),
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
  const shares = computed(() => {
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

  function paintTypes(): void {
    const chosen = query.value.value.types;
    const rows = new Map([...types.children].map((row) => [(row as HTMLElement).dataset.type, row]));
    const focused = hasFocus(types) && (types.getRootNode() as Document).activeElement;
    types.replaceChildren(
      ...shares.value.map(({ label, keys }) => {
        const row = rows.get(label) ?? makeType(label);
        const [box, , number] = [...row.children];
        (box as HTMLInputElement).checked = chosen.includes(label);
        setText(number!, keys === null ? "" : count(keys));
        return row;
      }),
    );
    if (focused) (focused as HTMLElement).focus({ preventScroll: true });
  }

  function makeType(label: string): HTMLElement {
    const check = h("input", { type: "checkbox", ...FOCUSABLE });
    check.addEventListener("change", () => toggle(label, check.checked));
    const name = h("bdi", { class: "ell" });
    paintText(name, label, 60);
    return h("label", { "data-type": label }, check, name, h("span", { class: "num s" }));
  }

  const stops = [
    effect(paintTypes),
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
