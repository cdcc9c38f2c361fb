import { computed, effect } from "@preact/signals-core";
import { div, h, setText } from "../../dom.js";
import { age, bytes, count, counted, type Quantity } from "../../format.js";
import type { Link, View } from "../../link.js";
import { stopAll } from "../../stops.js";
import type { KeyTableState, Space } from "../../wire.gen.js";
import { toggled } from "./path.js";
import type { KeyQueries } from "./query.js";
import { createShares, createTop } from "./space_lists.js";

/**
 * What takes the space: bytes by type and namespace, the largest and the busiest keys.
 * `jump` opens a key by its id and shows its row.
 */
export function createSpace(
  link: Link<KeyTableState>,
  query: Pick<KeyQueries, "value" | "set">,
  jump: (id: number) => void,
): View {
  const { state } = link;
  const chosen = computed(() => query.value.value);
  const found = computed(() => state.value.space);

  const types = createShares("Bytes by type", ({ label }) =>
    query.set({ types: toggled(chosen.peek().types, label) }),
  );
  const namespaces = createShares("Bytes by namespace", ({ prefix }) =>
    query.set({ namespace: prefix === chosen.peek().namespace ? "" : prefix! }),
  );
  const largest = createTop("Largest keys", "Size", jump, ({ size, how }) => ({
    ...(size === null ? { digits: "—", unit: "" } : bytes(size)),
    before: how === "exact" ? "" : "~",
    title: size === null ? "not measured" : `${count(size)} B, ${how}`,
  }));
  const busiest = createTop("Busiest keys", "Changes", jump, ({ changes }) => ({
    digits: count(changes),
    unit: "",
    title: `at least ${counted(changes, "change")}`,
  }));
  const facts = ["Values", "Key text", "Keys", "Measured"].map((name) => [name, h("dd")] as const);
  const bar = h("i");
  const progress = h("div", { class: "meter", role: "progressbar", "aria-label": "Measuring" }, bar);
  const note = h("p", { class: "note q" });
  const head = h("dl", {}, ...facts.map(([name, cell]) => h("div", {}, h("dt", {}, name), cell)));
  const body = h(
    "div",
    {},
    head,
    progress,
    div("sections", types.element, namespaces.element, largest.element, busiest.element),
  );
  const element = h("section", { class: "space", "aria-label": "Space" }, note, body);

  const stops = [
    effect(() => {
      const space = found.value;
      if (space) for (const [i, text] of said(space, link.now.value).entries()) setText(facts[i]![1], text);
    }),
    effect(() => {
      const space = found.value;
      const { delimiters } = state.value;
      setText(note, !space ? "measuring …" : space.keys === 0 ? "no keys to measure" : "");
      body.hidden = note.textContent !== "";
      if (!space) return;
      progress.hidden = space.progress === null;
      progress.setAttribute("aria-valuenow", String(Math.round(100 * (space.progress ?? 0))));
      bar.style.width = `${100 * (space.progress ?? 0)}%`;
      types.show(space.types, space, ({ label }) => chosen.value.types.includes(label), "");
      namespaces.show(
        space.namespaces,
        space,
        ({ prefix }) => prefix === chosen.value.namespace,
        !delimiters
          ? "no delimiter, so no namespaces"
          : space.progress === null
            ? "no key has a namespace"
            : "counted once all is measured",
      );
      largest.show(space.largest, delimiters, "none measured yet");
      busiest.show(space.busiest, delimiters, "no change seen yet");
    }),
  ];
  return {
    element,
    dispose: stopAll(stops),
  };
}

/** Bytes of the values, of the keys' text, how many keys, and how that was measured. */
export function said(space: Space, now: number): string[] {
  const { progress, measured } = space;
  const hows = (["exact", "sampled", "shallow"] as const).filter((how) => space[how] > 0);
  const exact = hows.every((how) => how === "exact");
  const words = (quantity: Quantity) => `${quantity.digits} ${quantity.unit}`.trim();
  const amount = (n: number) => (hows.length > 0 ? words(bytes(n)) : "—");
  const when = measured === null ? "" : words(age(measured, now));
  return [
    (exact ? "" : "~") + amount(space.bytes),
    amount(space.key_bytes),
    count(space.keys),
    [
      hows.map((how) => `${count(space[how])} ${how}`).join(", "),
      when && (when === "now" ? when : `${when} ago`),
      progress !== null && `measuring${when && " again"}, ${Math.floor(100 * progress)}\u2009%`,
    ]
      .filter(Boolean)
      .join(" · "),
  ];
}
