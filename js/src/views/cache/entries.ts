import { computed, effect, signal } from "@preact/signals-core";
import { div, h, setText, span } from "../../dom.js";
import { count, counted } from "../../format.js";
import { glyph } from "../../icons.js";
import type { Link, View } from "../../link.js";
import { stopAll } from "../../stops.js";
import { paintText, reason } from "../../text.js";
import type { CacheState } from "../../wire.gen.js";
import type { Frame } from "../frame.js";
import { createGrid } from "../grid.js";
import type { Span } from "../gridmath.js";
import { createHeight, ROWS } from "../height.js";
import { createHeld } from "../held.js";
import { createMarking } from "../marks.js";
import { createOpening } from "../opening.js";
import { createProgress } from "../progress.js";
import { createQueries } from "../query.js";
import { createSearch } from "../search.js";
import { createValuePane } from "../value/pane.js";
import { createEntryColumns } from "./entrycolumns.js";
import { createEntryHead } from "./entryhead.js";
import { type ListedEntry, makeEntryRow } from "./entryrow.js";
import { createNoEntries } from "./noentries.js";

const NARROW = 640; // pixels, as in the style sheet
let views = 0;

export interface Entries extends View {
  /** Gives the focus to the filter. */
  filter(): void;
  /** Opens an entry and shows its row, to which the focus goes if it is to follow. */
  show(id: number, follow: boolean): void;
}

/** What is cached, as a table; beside it the generations of the entry that is open. */
export function createEntries(link: Link<CacheState>, frame: Pick<Frame, "announce" | "copy">): Entries {
  const { state } = link;
  const { announce } = frame;
  const toGrid = () => grid.focus();
  const problemId = `imw-entries-${++views}`;
  const width = signal(0);
  const pointed = signal(false);
  const marking = createMarking(() => grid.tick());
  const chosen = signal(state.peek().open?.id ?? null); // the row moved to last

  const query = createQueries(
    computed(() => state.value.entry_query),
    computed(() => JSON.stringify([state.value.entry_query, state.value.problem])),
    (changes) => {
      if (state.peek().start > 0) link.look({ start: 0, stop: 60 }); // another list begins at its top
      return link.request("entries", changes);
    },
    announce,
  );
  const listed = listedOf(link);
  const held = createHeld<ListedEntry>({
    listed,
    about() {
      const { removed, progress } = state.peek();
      return { removed, growing: progress !== null, stays: false };
    },
    mark: (row) => (row.gone ? row : { ...row, gone: true }),
    pointed,
    pressed: (): boolean => grid.element.matches(":active"),
    seen: (): Span => grid.visible.peek(),
    clock: link.clock,
  });
  const columns = createEntryColumns(query.value, query.set);
  const failed = signal(""); // why what was asked for is not open
  function fail(message: string): void {
    failed.value = message.startsWith("LookupError") ? "That entry is no longer cached" : message;
    announce(failed.value);
  }
  const opening = createOpening(link, fail);

  const locate = async (id: number) => ((await link.request("locate", { id })) as { row: number | null }).row;

  async function show(id: number, follow: boolean): Promise<void> {
    failed.value = "";
    opening.open(id);
    chosen.value = id;
    try {
      const row = await locate(id);
      if (row === null) return;
      grid.reveal(row);
      if (follow) grid.focus();
    } catch (error) {
      fail(reason(error));
    }
  }

  const grid = createGrid<ListedEntry>({
    label: "Entries",
    heads: columns.elements,
    slice: held.list,
    now: link.now,
    maxRows: ROWS,
    makeRow: () => makeEntryRow(link, marking.wanted),
    identify: (row) => row.id,
    isSelected: (row) => row.id === chosen.value,
    context: chosen,
    select(row) {
      failed.value = "";
      chosen.value = row.id;
      opening.follow(row.id);
    },
    open(row, event) {
      const again = opening.id.peek() === row.id;
      opening.open(row.id);
      if (event instanceof KeyboardEvent && again) pane.focus();
    },
    want: (start, stop) => link.look({ start, stop }),
    locate: (row) => locate(row.id),
    onKey(event, row) {
      if (event.key.toLowerCase() !== "c") return;
      event.preventDefault();
      void frame.copy(row.prompt, "Prompt as shown");
    },
  });
  grid.element.addEventListener("pointerenter", () => {
    pointed.value = true;
  });
  grid.element.addEventListener("pointerleave", () => {
    pointed.value = false;
  });

  const search = createSearch({
    label: "Filter entries",
    value: computed(() => query.value.value.filter),
    ask: (filter) => query.set({ filter }),
    wrong: computed(() => state.value.problem?.field === "filter"),
    problem: problemId,
    leave: toGrid,
  });
  const problem = h("span", { class: "problem evict", id: problemId });
  const work = createProgress(
    computed(() => {
      const { progress, entry_query: listing } = state.value;
      const what = listing.sort === "stored" ? (listing.filter ? "Filtering" : "Listing") : "Sorting";
      return progress === null ? null : { what, part: progress };
    }),
  );
  const order = span("held s", "order held");
  const matches = span("s");
  const found = div("found", search.element, problem, span("sp"), work.element, order, matches);
  const none = createNoEntries(link, query, held.list, toGrid);
  const pane = createValuePane(link, frame, { head: createEntryHead(link) });
  const panes = div("panes", div("gridbox", grid.element, none.element), pane.element);
  const height = createHeight(
    panes,
    computed(() => held.list.value.size),
    computed(() => state.value.open !== null && width.value >= NARROW),
  );
  const element = h("section", { class: "entries", "aria-label": "Entries" }, found, panes, height.handle);

  const observer = new ResizeObserver(() => {
    width.value = element.clientWidth;
  });
  observer.observe(element);

  let told = state.peek().entry_query.filter; // what was found for it
  const stops = [
    () => observer.disconnect(),
    columns.attach(grid.element),
    effect(() => {
      // Paused is what happens in the cache; what was asked for here shows.
      const { latest } = link;
      if (link.connection.value === "paused" && asked(latest.value) !== asked(state.peek())) link.catchUp();
    }),
    effect(() => {
      const id = state.value.open?.id;
      if (id !== undefined) chosen.value = id;
    }),
    effect(() => {
      const { entry_query: query, progress, listed: rows, size } = state.value;
      if (progress !== null || query.filter === told) return;
      told = query.filter;
      announce(`${count(rows)} of ${counted(size, "entry", "entries")} match`);
    }),
    effect(() => {
      const { problem: wrong, size } = state.value;
      const { size: shown, gone, held: waiting } = held.list.value;
      const rows = shown - gone.size;
      const { filter } = query.value.value;
      const asking = JSON.stringify(query.value.value) !== JSON.stringify(state.value.entry_query);
      const said = wrong?.message ?? failed.value;
      problem.hidden = said === "";
      const message = span("ell");
      paintText(message, said, 300);
      problem.replaceChildren(glyph("error"), message);
      order.hidden = !waiting;
      const { first, end } = grid.visible.value;
      const at = (row: number) => count(Math.min(row, rows)); // what is gone still shows for a while
      const range = rows > 0 ? `${at(first + 1)}–${at(end)} of ${count(rows)}` : "";
      if (asking) setText(matches, "…");
      else if (state.value.progress === null) {
        setText(matches, filter ? `${count(rows)} of ${count(size)} match` : range); // not of half a list
      }
    }),
  ];
  const parts = [query, held, opening, marking, grid, search, work, none, pane, height];
  return {
    element,
    filter: search.focus,
    show: (id, follow) => void show(id, follow),
    dispose() {
      stopAll(stops)();
      for (const part of parts) part.dispose();
    },
  };
}

/** The list in the kernel; while that is not asked for it, as it was. */
function listedOf({ state }: Link<CacheState>) {
  const slice = (of: CacheState, before: readonly ListedEntry[] = []) => ({
    rows: of.removed.length > 0 ? asLastSeen(of, before) : of.rows,
    start: of.start,
    size: of.listed,
    basis: JSON.stringify(of.entry_query),
  });
  let last = slice(state.peek());
  return computed(() => {
    const { listed, size, entry_query: query, progress } = state.value;
    const asked = listed > 0 || size === 0 || query.filter !== "" || progress !== null;
    if (asked) last = slice(state.value, last.rows);
    return last;
  });
}

/** A list that is being made anew has entries that are gone already: nothing is known of them any more. */
function asLastSeen({ rows, removed }: CacheState, before: readonly ListedEntry[]): ListedEntry[] {
  const gone = new Set(removed);
  const seen = new Map(before.map((row) => [row.id, row]));
  return rows.map((row) => {
    const last = seen.get(row.id);
    return !gone.has(row.id) ? row : last?.gone ? last : { ...(last ?? row), gone: true };
  });
}

/** What of a state somebody asked for, rather than happened. */
function asked({ entry_query: query, problem, progress, open }: CacheState): string {
  return JSON.stringify([query, problem, progress, open?.id]);
}
