import { computed, effect, signal } from "@preact/signals-core";
import { button, h, setText } from "../../dom.js";
import { age, count, counted, moment } from "../../format.js";
import { type GlyphName, glyph } from "../../icons.js";
import type { Link, View } from "../../link.js";
import { visible } from "../../text.js";
import type { KeyTableState, RecentChange } from "../../wire.gen.js";
import type { Frame } from "../frame.js";
import { createKeyName } from "./keyname.js";

const GLYPH: Record<RecentChange["kind"], GlyphName> = {
  inserted: "inserted",
  changed: "changed",
  deleted: "deleted",
  reset: "idle",
};
const ANNOUNCE_EVERY = 30; // seconds

/** The latest changes, newest first; held while one of them is pointed at or has the focus.
 * `jump` opens a key by its id and shows its row. */
export function createFeed(
  link: Link<KeyTableState>,
  frame: Pick<Frame, "announce">,
  jump: (id: number) => void,
): View {
  const { state } = link;
  const recent = computed(() => state.value.recent);
  const shown = signal<readonly RecentChange[]>([]);
  const held = signal(false);
  const list = h("ul", { class: "scroll" });
  const note = h("p", { class: "note q" });
  const newer = button({ class: "btn newer", hidden: true }, catchUp);
  const element = h(
    "section",
    { class: "feed", "aria-label": "Latest changes" },
    h("div", { class: "sect" }, h("h3", {}, "Latest changes"), h("span", { class: "sp" }), newer),
    list,
    note,
  );
  const rows: Row[] = [];
  let active = 0;
  let told = { number: Number.POSITIVE_INFINITY, time: 0 };

  function catchUp(): void {
    shown.value = recent.peek() ?? [];
    list.scrollTop = 0;
  }

  function render(): void {
    const changes = shown.value;
    const { delimiters } = state.value;
    active = Math.max(0, Math.min(active, changes.length - 1));
    while (rows.length < changes.length) {
      const row = makeRow(rows.length);
      rows.push(row);
      list.append(row.element);
    }
    for (const [i, row] of rows.entries()) {
      const change = changes[i];
      row.element.hidden = !change;
      row.button.tabIndex = i === active ? 0 : -1;
      if (change) row.paint(change, delimiters, link.now.value);
    }
    setText(note, changes.length > 0 ? "" : "No change seen yet: changes appear here as code writes");
  }

  function makeRow(i: number): Row {
    return createRow(() => {
      active = i;
      const change = shown.peek()[i];
      if (change && opens(change)) jump(change.id);
    });
  }

  function hold(): void {
    held.value = list.matches(":hover") || list.querySelector(":focus-visible") !== null;
  }

  list.addEventListener("keydown", (event) => {
    const targets: Record<string, number> = {
      ArrowDown: active + 1,
      ArrowUp: active - 1,
      Home: 0,
      End: shown.peek().length - 1,
    };
    const target = targets[event.key];
    if (target === undefined || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    event.preventDefault();
    event.stopPropagation();
    active = Math.max(0, Math.min(target, shown.peek().length - 1));
    for (const [at, row] of rows.entries()) row.button.tabIndex = at === active ? 0 : -1;
    rows[active]?.button.focus();
  });
  for (const name of ["pointerenter", "pointerleave", "focusin"]) list.addEventListener(name, hold);
  list.addEventListener("focusout", () => queueMicrotask(hold));

  const stops = [
    effect(() => {
      if (!held.value) shown.value = recent.value ?? [];
    }),
    effect(() => {
      const late = newerThan(recent.value ?? [], shown.value);
      newer.hidden = late === 0;
      setText(newer, `${count(late)} newer`);
    }),
    effect(render),
    effect(() => {
      const number = recent.value?.[0]?.number;
      const time = link.now.value;
      if (number === undefined) return;
      if (number > told.number && time - told.time >= ANNOUNCE_EVERY) {
        frame.announce(`${counted(number - told.number, "change")} since`);
      } else if (number >= told.number) return;
      told = { number, time };
    }),
  ];
  return {
    element,
    dispose: () => {
      for (const stop of stops) stop();
    },
  };
}

const opens = ({ kind }: RecentChange) => kind === "inserted" || kind === "changed";

/** How many changes are newer than the first of those shown. */
export function newerThan(recent: readonly RecentChange[], shown: readonly RecentChange[]): number {
  return Math.max(0, (recent[0]?.number ?? 0) - (shown[0]?.number ?? 0));
}

interface Row {
  element: HTMLElement;
  button: HTMLButtonElement;
  paint(change: RecentChange, delimiters: string, now: number): void;
}

function createRow(onClick: () => void): Row {
  const mark = h("span", { class: "mark" });
  const name = createKeyName();
  const more = h("span", { class: "q" });
  const when = h("span", { class: "num q" });
  const row = button({ class: "row", tabindex: -1 }, onClick, mark, name.element, more, when);
  let kind = "";
  return {
    element: h("li", {}, row),
    button: row,
    paint(change, delimiters, now) {
      if (kind !== change.kind) {
        kind = change.kind;
        mark.replaceChildren(glyph(GLYPH[change.kind], kind));
        row.classList.toggle("gone", kind === "deleted");
        if (opens(change)) row.removeAttribute("aria-disabled");
        else row.setAttribute("aria-disabled", "true");
      }
      if (kind === "reset") name.paint(`all replaced by ${counted(change.keys, "key")}`, "");
      else name.paint(change.key, delimiters);
      const others = kind === "reset" ? 0 : change.keys - 1;
      setText(more, others > 0 ? `and ${count(others)} more` : "");
      const { digits, unit } = age(change.time, now);
      setText(when, unit ? `${digits} ${unit}` : digits);
      row.title = `${visible(change.key, 400)}\n${kind} ${moment(change.time, now)}`.trim();
    },
  };
}
