import { computed, effect, type ReadonlySignal } from "@preact/signals-core";
import { button, div, FOCUSABLE, h, hasFocus, setText, span } from "../../dom.js";
import { bytes, count, counted, plain } from "../../format.js";
import { glyph, icon } from "../../icons.js";
import type { View } from "../../link.js";
import { stopAll } from "../../stops.js";
import { paintText, visible } from "../../text.js";
import type { LogQuery, LogState } from "../../wire.gen.js";
import { toggled } from "../keys/path.js";
import { createRows, inPlaces } from "../keys/rows.js";
import { createSearch } from "../search.js";
import { everything, type Grouping, type LogQueries, narrows } from "./query.js";
import { inOrder, kindOf } from "./words.js";

const GROUPINGS: readonly (readonly [Grouping, string])[] = [
  ["", "no groups"],
  ["kind", "by kind"],
  ["key", "by key"],
  ["node", "by node"],
  ["step", "by step"],
  ["thread", "by thread"],
  ["cell", "by cell"],
];
/** A key in the log is of what the first row says. */
const NAMES = ["node", "step", "cell", "thread", "key"] as const;
let instances = 0;

/** "5,000 changes", "12 of 5,000 changes"; where there were more before: "latest 2 of 5 changes". */
export function found({ matching, kept, last, query, progress }: LogState): string {
  const all = counted(kept, "change");
  const [few, latest] =
    kept < last ? [`latest ${count(kept)} of ${counted(last, "change")}`, "the latest "] : [all, ""];
  const some = narrows(query) ? `${count(matching)} of ${latest}${all}` : few;
  return progress === null ? some : `${some}, looking ${Math.floor(100 * progress)}\u2009%`;
}

/** What the log holds, and what it could not: "1.2 MB of 64 MB · 12 lost". */
export function bounds({ kept, most, bytes: held, most_bytes, first, spilled, lost }: LogState): string {
  return [
    `at most ${count(most)} changes and ${plain(bytes(most_bytes))} are kept, now ${plain(bytes(held))}`,
    first > 1 &&
      kept > 0 &&
      `those before change ${count(first)} are not among them${spilled > 0 ? `, ${count(spilled)} of them in the file` : ""}`,
    lost > 0 && `${counted(lost, "change")} came too fast to be logged`,
  ]
    .filter(Boolean)
    .join(" · ");
}

/** What is listed and how: a field, the kinds, what was chosen, and groups. */
export function createBar(
  log: ReadonlySignal<LogState | null>,
  query: LogQueries,
  newest: HTMLElement,
  leave: () => void,
): View & { focus(): void } {
  const problemId = `imw-log-${++instances}`;
  const problem = computed(() => log.value?.problem?.message ?? "");
  const search = createSearch({
    label: "Filter changes",
    value: computed(() => query.value.value.filter),
    ask: (filter) => query.set({ filter }),
    wrong: computed(() => problem.value !== ""),
    problem: problemId,
    leave,
  });
  const wrong = h("p", { class: "evict wrong", id: problemId, role: "alert" });
  const kinds = h("span", { class: "kinds", role: "group", "aria-label": "Kinds" });
  const group = h(
    "select",
    { class: "btn small", "aria-label": "Group", title: "Group the changes", ...FOCUSABLE },
    ...GROUPINGS.map(([value, label]) => h("option", { value }, label)),
  );
  group.addEventListener("change", () => query.set({ group: group.value as Grouping }));
  const size = span("s nw");
  const chosen = h("span", { class: "chosen", role: "group", "aria-label": "Only" });
  const element = div(
    "logbar",
    h("h3", {}, "Log"),
    search.element,
    kinds,
    span("sp"),
    newest,
    size,
    span("choice", group, icon("down")),
    chosen,
    wrong,
  );
  const showKinds = createRows<string>(kinds, { identify: (kind) => kind, steady: inPlaces }, (item) => {
    const kind = item();
    const [mark, word] = kindOf(kind);
    const choose = () => query.set({ kinds: toggled(query.value.peek().kinds, kind) });
    const toggle = button({ class: "btn small", "data-kind": kind }, choose, glyph(mark), visible(word, 30));
    return {
      element: toggle,
      paint: () => toggle.setAttribute("aria-pressed", String(query.value.peek().kinds.includes(kind))),
    };
  });

  function nameOf(field: (typeof NAMES)[number], value: string | number): string {
    if (field === "key") return log.peek()?.rows[0]?.key ?? "one key";
    return field === "cell" ? `cell [${value}]` : field === "node" ? String(value) : `${field} ${value}`;
  }
  const only = computed(() => {
    const now = query.value.value;
    void log.value?.rows[0]?.key;
    return JSON.stringify(
      NAMES.flatMap((field) => (now[field] === null ? [] : [[field, nameOf(field, now[field]!)]])),
    );
  });

  const stops = [
    effect(() => showKinds(inOrder(log.value?.kinds ?? []), query.value.value.kinds)),
    effect(() => {
      group.value = query.value.value.group;
    }),
    effect(() => {
      const now = log.value;
      setText(size, now ? found(now) : "");
      size.title = now ? bounds(now) : "";
      size.classList.toggle("lossy", (now?.lost ?? 0) > 0);
    }),
    effect(() => {
      paintText(wrong, problem.value, 300);
      wrong.hidden = problem.value === "";
    }),
    effect(() => {
      const items = JSON.parse(only.value) as [keyof LogQuery, string][];
      const focused = hasFocus(chosen);
      chosen.hidden = items.length === 0;
      chosen.replaceChildren(
        ...items.map(([field, label]) => {
          const text = h("bdi", { class: "ell" });
          paintText(text, label, 80);
          return button(
            { class: "btn small only", "aria-label": `Only ${visible(label, 80)}, list all again` },
            () => query.set({ [field]: null }),
            text,
            icon("close"),
          );
        }),
        ...(items.length > 1
          ? [button({ class: "btn small" }, () => query.set(everything()), "List all")]
          : []),
      );
      if (!focused) return;
      if (items.length > 0) chosen.querySelector("button")?.focus();
      else search.focus();
    }),
    search.dispose,
  ];
  return { element, focus: search.focus, dispose: stopAll(stops) };
}
