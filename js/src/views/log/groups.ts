import { computed, effect, type ReadonlySignal } from "@preact/signals-core";
import { button, h, setText } from "../../dom.js";
import { bytes, count, plain } from "../../format.js";
import type { View } from "../../link.js";
import { paintText, visible } from "../../text.js";
import type { LogGroup, LogQuery, LogState } from "../../wire.gen.js";
import { part } from "../keys/parts.js";
import { createRows, inPlaces } from "../keys/rows.js";
import { type Grouping, type LogQueries, within } from "./query.js";
import { kindOf } from "./words.js";

const FIGURES = ["changes", "hits", "misses", "bytes"] as const;
const NONE: Partial<Record<Grouping, string>> = {
  node: "no node",
  step: "no step",
  thread: "no thread",
  cell: "no cell",
  key: "no key",
};

const labelOf = (by: Grouping, { label }: LogGroup) =>
  label === "" ? (NONE[by] ?? "not known") : by === "kind" ? kindOf(label)[1] : label;

/** Whether the query lists this group's changes alone. */
function chosen(query: LogQuery, wish: Partial<LogQuery> | null): boolean {
  return (
    wish !== null &&
    Object.entries(wish).every(
      ([name, value]) => JSON.stringify(query[name as keyof LogQuery]) === JSON.stringify(value),
    )
  );
}

/** Who changed how much, as a table with bars; a group lists its changes alone. */
export function createGroups(log: ReadonlySignal<LogState | null>, query: LogQueries): View {
  const by = computed(() => log.value?.query.group ?? "");
  const caption = h("caption", { class: "sr" });
  const first = h("th", { scope: "col" });
  const heads = FIGURES.map((name) =>
    h("th", { scope: "col", class: "num" }, name[0]!.toUpperCase() + name.slice(1)),
  );
  const body = h("tbody");
  const table = h("table", {}, caption, h("thead", {}, h("tr", {}, first, ...heads)), body);
  const element = h("div", { class: "groups", tabindex: 0, role: "region", "aria-label": "Groups" }, table);
  let most: Record<(typeof FIGURES)[number], number> = { changes: 0, hits: 0, misses: 0, bytes: 0 };

  const paint = createRows<LogGroup>(body, { identify: ({ label }) => label, steady: inPlaces }, (item) => {
    const text = h("bdi", { class: "ell" });
    const name = button({ class: "btn named" }, choose, text);
    const cells = FIGURES.map((figure) =>
      h(
        "td",
        { class: `num ${figure}` },
        h("span"),
        h("span", { class: "meter", "aria-hidden": "true" }, h("i")),
      ),
    );
    function choose(): void {
      const wish = within(by.peek(), item());
      if (!wish) return;
      const back = Object.fromEntries(
        Object.keys(wish).map((field) => [field, field === "kinds" ? [] : field === "filter" ? "" : null]),
      );
      query.set(chosen(query.value.peek(), wish) ? back : wish);
    }
    return {
      element: h("tr", {}, h("th", { scope: "row" }, name), ...cells),
      paint(group) {
        const wish = within(by.peek(), group);
        const label = labelOf(by.peek(), group);
        paintText(text, label, 200);
        text.classList.toggle("mono", group.label !== "" && ["key", "node", "thread"].includes(by.peek()));
        name.title = visible(label, 400);
        name.setAttribute("aria-disabled", String(wish === null));
        name.setAttribute("aria-pressed", String(chosen(query.value.peek(), wish)));
        for (const [i, figure] of FIGURES.entries()) {
          const cell = cells[i]!;
          const value = group[figure];
          setText(cell.firstElementChild!, figure === "bytes" ? plain(bytes(value)) : count(value));
          cell.classList.toggle("q", value === 0);
          (cell.lastElementChild!.firstElementChild as HTMLElement).style.width = part(value, most[figure]);
        }
      },
    };
  });

  const dispose = effect(() => {
    const groups = log.value?.groups ?? null;
    element.hidden = groups === null;
    if (!groups) return;
    const title = by.value[0]?.toUpperCase() ?? "";
    setText(first, title + by.value.slice(1));
    setText(caption, `Changes by ${by.value}`);
    for (const figure of FIGURES) {
      most = { ...most, [figure]: Math.max(1, ...groups.map((group) => group[figure])) };
      table.classList.toggle(
        `no-${figure}`,
        groups.every((group) => group[figure] === 0),
      );
    }
    paint(groups, [query.value.value, most, by.value]);
  });
  return { element, dispose };
}
