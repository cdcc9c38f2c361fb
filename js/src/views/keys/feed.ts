import { computed, effect, signal } from "@preact/signals-core";
import { button, div, h, modified, setText, span } from "../../dom.js";
import { age, count, counted } from "../../format.js";
import { glyph } from "../../icons.js";
import { kept } from "../../kept.js";
import type { Link, View } from "../../link.js";
import { IDLE } from "../../pictures.js";
import { stopAll } from "../../stops.js";
import { visible } from "../../text.js";
import type { KeyTableState, RecentChange } from "../../wire.gen.js";
import type { Frame } from "../frame.js";
import { createRows, keyName, numberCell, paintKey, paintNumber, type Row } from "./rows.js";

const ANNOUNCE_EVERY = 30; // seconds

/**
 * The latest changes, newest first; held while one of them is pointed at or has the keyboard's focus.
 * `jump` opens a key by its id and shows its row; `all` shows the log instead, which tells more of more changes.
 */
export function createFeed(
  link: Link<KeyTableState>,
  frame: Pick<Frame, "announce">,
  { jump, all }: { jump(id: number): void; all(): void },
): View {
  const known = kept(() => link.state.value.recent);
  const recent = computed(() => known.value ?? []);
  const delimiters = computed(() => link.state.value.delimiters);
  const shown = signal<readonly RecentChange[]>([]);
  const held = signal(false);
  const list = h("ul", { class: "scroll" });
  const show = createRows<RecentChange>(list, { identify: ({ number }) => number }, makeRow);
  const note = h("p", { class: "note q" });
  const newer = button({ class: "btn newer" }, () => {
    shown.value = recent.peek();
    target(0)?.focus(); // the button goes
  });
  const log = button(
    { class: "btn small", title: "All changes: who, when, before and after (L)" },
    all,
    "Show in the log",
  );
  const element = h(
    "section",
    { class: "feed", "aria-label": "Latest changes" },
    div("sect", h("h3", {}, "Latest changes"), span("sp"), newer, log),
    list,
    note,
  );
  let active = 0;
  let told = { number: 0, time: 0 };

  function makeRow(item: () => RecentChange): Row<RecentChange> {
    const mark = span("mark");
    const name = keyName();
    const more = span("q more");
    const when = numberCell("t2", "q");
    const row = button({ class: "row" }, () => opens(item()) && jump(item().id), mark, name, more, when);
    let kind = "";
    return {
      element: h("li", {}, row),
      paint(change) {
        const now = link.now.peek();
        const many = change.kind === "reset" ? "" : `and ${count(change.keys - 1)} more`;
        if (kind !== change.kind) {
          kind = change.kind;
          mark.replaceChildren(glyph(change.kind === "reset" ? IDLE : change.kind, kind));
          row.className = `row ${kind}`;
          row.setAttribute("aria-disabled", String(!opens(change)));
        }
        if (kind === "reset") paintKey(name, `replaced by ${counted(change.keys, "key")}`, "");
        else paintKey(name, change.key, delimiters.peek());
        setText(more, change.keys > 1 ? many : "");
        paintNumber(when, age(change.time, now));
        row.title = visible(change.key, 400);
      },
    };
  }

  const target = (i: number) => list.children[i]?.firstElementChild as HTMLElement | undefined;

  function rove(): void {
    active = Math.max(0, Math.min(active, list.childElementCount - 1));
    for (let i = 0; i < list.childElementCount; i++) target(i)!.tabIndex = i === active ? 0 : -1;
  }

  function hold(): void {
    held.value = element.matches(":hover") || element.querySelector(":focus-visible") !== null;
  }

  list.addEventListener("keydown", (event) => {
    if (modified(event) || event.shiftKey) return;
    const last = list.childElementCount - 1;
    const places: Record<string, number> = { ArrowDown: active + 1, ArrowUp: active - 1, Home: 0, End: last };
    if (!(event.key in places)) return;
    event.preventDefault();
    event.stopPropagation();
    active = places[event.key]!;
    rove();
    target(active)?.focus();
  });
  list.addEventListener("focusin", ({ target: row }) => {
    active = [...list.children].indexOf((row as Element).closest("li")!);
    rove();
    hold();
  });
  element.addEventListener("focusout", () => queueMicrotask(hold));
  element.addEventListener("pointerenter", hold);
  element.addEventListener("pointerleave", hold);

  const stops = [
    effect(() => {
      if (!held.value) shown.value = recent.value;
    }),
    effect(() => {
      const late = newerThan(recent.value, shown.value);
      newer.hidden = late === 0;
      setText(newer, `${count(late)} newer`);
    }),
    effect(() => {
      show(shown.value, [delimiters.value, link.now.value]);
      rove();
      const none = known.value?.length === 0;
      setText(note, none ? "no change seen yet: changes show here as code writes" : "");
    }),
    effect(() => {
      const number = recent.value[0]?.number ?? 0;
      const time = link.now.value;
      if (number === told.number || time - told.time < ANNOUNCE_EVERY) return;
      if (told.time > 0) frame.announce(`${counted(number - told.number, "change")} since`);
      told = { number, time };
    }),
  ];
  return {
    element,
    dispose: stopAll(stops),
  };
}

const opens = ({ kind }: RecentChange) => kind === "inserted" || kind === "changed";

/** How many changes are newer than the first of those shown. */
export function newerThan(recent: readonly RecentChange[], shown: readonly RecentChange[]): number {
  return Math.max(0, (recent[0]?.number ?? 0) - (shown[0]?.number ?? 0));
}
