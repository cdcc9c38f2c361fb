import { computed, effect, type ReadonlySignal, signal } from "@preact/signals-core";
import { div, h, hasFocus, setText } from "../../dom.js";
import type { Link, View } from "../../link.js";
import { stopAll } from "../../stops.js";
import type { LogQuery, LogRow, Travel } from "../../wire.gen.js";
import type { Leads, Said } from "../logging.js";
import { createBar } from "./bar.js";
import { createDetail } from "./detail.js";
import { createGroups } from "./groups.js";
import { createList } from "./list.js";
import { createMoments } from "./moments.js";
import { createLogQuery, narrows } from "./query.js";
import { createSteady } from "./steady.js";

/** Who changed what and when, and the way to the moments between the changes. */
export function createLog(link: Link, said: Said, leads: Leads, open: ReadonlySignal<boolean>): View {
  const { state } = link;
  const log = computed(() => state.value.log);
  const travel = computed<Travel | null>(() => state.value.travel ?? null);
  const selected = signal<LogRow | null>(null);
  const query = createLogQuery(link, log, said.announce);
  const moments = createMoments(link, log, travel, open, said.announce);
  const list = createList(link, log, selected, moments.at, {
    announce: said.announce,
    select(row) {
      selected.value = row;
    },
    act: () => detail.focus(),
    copy: (row) => void said.copy(row.key, "Key"),
  });
  const detail = createDetail(link, {
    selected,
    travels: computed(() => travel.value !== null),
    at: moments.at,
    leads,
    said,
    travel: moments.to,
    only(wish: Partial<LogQuery>) {
      query.set(wish);
      list.focus();
    },
    close() {
      const focused = hasFocus(detail.element);
      selected.value = null;
      if (focused) list.focus();
    },
  });
  const bar = createBar(log, query, list.newest, list.focus);
  const groups = createGroups(log, query);
  const note = h("p", { class: "note q", role: "status" });
  const panel = h(
    "section",
    { class: "log", "aria-label": "Log" },
    bar.element,
    div("logbody", groups.element, div("feedbox", list.element, note)),
    detail.element,
  );

  const told = signal(false); // the kernel has told of it, or that there is none
  const stops = [
    effect(() => {
      panel.hidden = !open.value;
      told.value = false;
      // What was asked before is answered before.
      if (open.value)
        link.request("ping", {}).then(
          () => {
            told.value = true;
          },
          () => {},
        );
    }),
    effect(() => {
      const now = log.value;
      const none = !now || now.rows.length === 0;
      list.element.hidden = none;
      bar.element.classList.toggle("bare", !now);
      setText(note, now || told.value ? (none ? emptyText() : "") : "");
    }),
    effect(() => {
      // What was chosen may be told anew: its key may be gone.
      const now = selected.peek();
      const again = now && log.value?.rows.find(({ number }) => number === now.number);
      if (again) selected.value = again;
    }),
  ];
  function emptyText(): string {
    const now = log.value;
    const why = state.value.watched?.unknown.lookups ?? "inspect(obj, log=True) keeps one";
    if (!now) return `No log is kept of it: ${why}`;
    if (now.progress !== null) return "Looking for changes that match: none found so far";
    if (narrows(now.query)) return "No change matches";
    return state.value.watched?.how === "read"
      ? "No change seen yet: what a reading finds changed shows here; who did it is not known then"
      : "No change seen yet: what code does shows here, with who did it";
  }
  const element = div("logging", moments.element, panel);
  const past = computed(() => typeof travel.value?.at === "number");
  return {
    element,
    dispose: stopAll([
      ...stops,
      createSteady(element, past),
      ...[query, moments, list, detail, bar, groups].map((part) => part.dispose),
    ]),
  };
}
