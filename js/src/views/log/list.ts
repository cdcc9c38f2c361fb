import { computed, effect, type ReadonlySignal, signal, untracked } from "@preact/signals-core";
import { button, h, hasFocus, setText, span } from "../../dom.js";
import { count, counted } from "../../format.js";
import { icon } from "../../icons.js";
import type { Link, View } from "../../link.js";
import { UP } from "../../pictures.js";
import { stopAll } from "../../stops.js";
import { reason } from "../../text.js";
import type { LogRow, LogState } from "../../wire.gen.js";
import { createGrid } from "../grid.js";
import type { Said } from "../logging.js";
import { EMPTY, type Feed, feedOf, newer, withOlder } from "./feed.js";
import { makeLogRow } from "./logrow.js";

const ROWS = 9;
const ANNOUNCE_EVERY = 30; // seconds
const HEADS = [
  ["Time", ""],
  ["", ""],
  ["What", "c-kind"],
  ["Key", ""],
  ["Before → after", "c-values"],
  ["Size", "num c-size"],
  ["Who", ""],
] as const;

export interface List extends View {
  /** Leads back to the newest, where that is not shown. */
  newest: HTMLElement;
  focus(): void;
}

/**
 * The changes, newest first; they stand still while they are pointed at, have the keyboard's focus or are
 * scrolled: what comes meanwhile waits.
 */
export function createList(
  link: Link,
  log: ReadonlySignal<LogState | null>,
  selected: ReadonlySignal<LogRow | null>,
  at: ReadonlySignal<number | null>,
  does: { announce: Said["announce"]; select(row: LogRow): void; act(): void; copy(row: LogRow): void },
): List {
  const feed = signal<Feed>(EMPTY);
  const held = signal(false);
  const delimiters = computed(() => ("delimiters" in link.state.value ? link.state.value.delimiters : ""));
  let loading = false;

  async function older(): Promise<void> {
    const { rows, more, basis } = feed.peek();
    const last = rows.at(-1);
    if (loading || !more || !last) return;
    loading = true;
    try {
      const answer = (await link.request("older", { before: last.number })) as {
        rows: LogRow[];
        more: boolean;
      };
      if (feed.peek().basis === basis) feed.value = withOlder(feed.peek(), answer.rows, answer.more);
    } catch (error) {
      does.announce(reason(error));
    }
    loading = false;
  }

  const heads = HEADS.map(([label, name]) =>
    h("span", { role: "columnheader", class: name }, label || span("sr", "Mark")),
  );
  const grid = createGrid<LogRow>({
    label: "Changes",
    heads,
    slice: computed(() => {
      const { rows, more, basis } = feed.value;
      return { rows, start: 0, size: rows.length + (more ? 1 : 0), basis };
    }),
    now: link.now,
    maxRows: ROWS,
    makeRow() {
      const view = makeLogRow(link, delimiters);
      return {
        ...view,
        paint(row, element) {
          view.paint(row, element);
          const now = at.peek();
          element.classList.toggle("later", row !== undefined && now !== null && row.number > now);
          element.classList.toggle("at", row !== undefined && row.number === now);
        },
      };
    },
    identify: ({ number }) => number,
    isSelected: ({ number }) => number === selected.peek()?.number,
    context: computed(() => [selected.value, delimiters.value, at.value]),
    select: does.select,
    open: (_, event) => event instanceof KeyboardEvent && does.act(),
    want: (_, stop) => stop > feed.peek().rows.length && void older(),
    onKey(event, row) {
      if (event.key.toLowerCase() !== "c") return;
      event.preventDefault();
      does.copy(row);
    },
  });
  const { element } = grid;
  const hold = () => {
    held.value = element.matches(":hover") || element.querySelector(":focus-visible") !== null;
  };
  element.addEventListener("pointerenter", hold);
  element.addEventListener("pointerleave", hold);
  element.addEventListener("focusin", hold);
  element.addEventListener("focusout", () => queueMicrotask(hold));

  const news = h("span");
  const newest = button({ class: "btn small newest", title: "Show the newest" }, renew, icon(UP), news);
  function renew(): void {
    const now = log.peek();
    const had = hasFocus(newest);
    if (now) feed.value = feedOf(EMPTY, now, true);
    grid.reveal(0);
    if (had) grid.focus(); // the button goes
  }

  let told = { number: 0, time: 0 };
  const stops = [
    effect(() => {
      const now = log.value;
      const followed = !held.value && grid.visible.value.first === 0;
      if (now)
        untracked(() => {
          feed.value = feedOf(feed.peek(), now, followed);
        });
    }),
    effect(() => {
      const late = log.value ? newer(feed.value, log.value) : { count: 0, more: false };
      const away = grid.visible.value.first > 0;
      newest.hidden = late.count === 0 && !away;
      setText(news, late.count > 0 ? `${count(late.count)}${late.more ? " or more" : ""} new` : "Newest");
      newest.classList.toggle("on", late.count > 0);
    }),
    effect(() => {
      const number = log.value?.last ?? 0;
      const time = link.now.value;
      if (number <= told.number || time - told.time < ANNOUNCE_EVERY) return;
      if (told.time > 0) does.announce(`${counted(number - told.number, "change")} since`);
      told = { number, time };
    }),
    grid.dispose,
  ];
  return { element, newest, focus: grid.focus, dispose: stopAll(stops) };
}
