import { batch, computed, effect, signal, untracked } from "@preact/signals-core";
import { div, h, hasFocus, span } from "../dom.js";
import { count } from "../format.js";
import { createLater, createModule } from "../later.js";
import type { Trait, View } from "../link.js";
import { stopAll } from "../stops.js";
import type { CheckpointPanes } from "../widgets/checkpoint_panes.js";
import { createFrame } from "./frame.js";
import { createThreads, same, type ThreadsInput } from "./threads.js";
import { across, anchored, type Seen, seenAt, type Window } from "./timeline/follow.js";
import { createHead, summary } from "./timeline/head.js";
import { keyOf, type Selection, splitKey } from "./timeline/keys.js";
import { createLaneGrid } from "./timeline/lanegrid.js";
import type { Acts, Chosen, Pane, Place, Shell, TimelineLink, TimelineMenu } from "./timeline/parts.js";
import { createScrubber } from "./timeline/scrubber.js";
import { shortcut } from "./timeline/shortcuts.js";
import { createTravel } from "./timeline/travel.js";

/** Threads, the checkpoints of one in lanes, what the selected one holds, and a slider through them all. */
export function createTimeline(link: TimelineLink, selection: Trait<Selection | null>): View {
  const { state } = link;
  const time = signal(false); // the axis
  const held = signal<string | null>(null); // what was the newest when the rows were scrolled away from it
  const chose = computed(() => selection.value.value !== null);
  const following = computed(() => !chose.value && held.value === null);
  const travel = createTravel(link, selection, held, (text) => frame.announce(text));
  const { selected } = travel;

  let window: Window = { start: 0, stop: 0, anchor: null };
  function look(next: Window): void {
    window = next;
    link.look({ ...next });
  }
  const seen = signal<Seen>({ thread: null, size: 0 });
  const grid = createLaneGrid(link, {
    selected,
    spent: time,
    following,
    follows: () => !chose.peek(),
    fresh: computed(() => Math.max(0, state.value.size - seen.value.size)),
    select(row) {
      scrubber.stop();
      travel.choose(keyOf(row));
    },
    want(start, stop) {
      const first = state.peek().rows[start - state.peek().start];
      look({ start, stop, anchor: following.peek() || !first ? null : keyOf(first) });
    },
    newest,
  });
  function newest(): void {
    scrubber.stop();
    batch(() => {
      held.value = null;
      travel.release();
    });
    reveal(0);
  }
  /** With the focus, where that is among the rows. */
  function reveal(row: number): void {
    const focused = hasFocus(grid.element);
    grid.reveal(row);
    if (focused) grid.focus();
  }

  let listed: ThreadsInput = { threads: [], found: 0, total: 0, current: null };
  const threads = createThreads(
    computed(() => {
      const { threads: list, found, thread_count: total, thread: current } = state.value;
      const next = { threads: list, found, total, current };
      if (!same(next, listed)) listed = next; // else nothing is to be painted again
      return listed;
    }),
    link.now,
    show,
    (find) => link.look({ find }),
  );
  function show(thread: string): void {
    if (thread === state.peek().thread) return;
    batch(() => {
      held.value = null;
      travel.release();
    });
    window = { start: 0, stop: Math.max(40, window.stop - window.start), anchor: null };
    link.look({ ...window, thread, selected: null });
  }

  const chosen = computed<Chosen | null>(() => {
    const { thread, rows } = state.value;
    const at = selected.value;
    if (thread === null || at === null) return null;
    return { thread, at, ...splitKey(at), row: rows.find((row) => keyOf(row) === at) };
  });
  let way = 1; // the way gone last: 1 is older
  const neighbours = computed<readonly Place[]>((): readonly Place[] => {
    const { thread, rows, start } = state.value;
    const at = travel.row.value;
    if (thread === null || at === null || !chose.value) return [];
    return [at + way, at + 2 * way, at + 3 * way, at - way].flatMap((row) => {
      const there = rows[row - start];
      return there ? [{ thread, at: keyOf(there) }] : [];
    });
  });
  const shell: Shell = {
    announce: (text) => frame.announce(text),
    copy: (...given) => frame.copy(...given),
    choose: travel.choose,
    neighbours,
    log: () => frame.log.fetch(),
  };

  // What comes with the rest of the code: the lanes are there before it.
  const sheets = h("div");
  const fetch = createModule<CheckpointPanes>(link, sheets);
  const later = <V extends View>(make: (from: CheckpointPanes) => V) =>
    createLater<V>(
      () => true,
      async () => make(await fetch()),
    );
  const pane = later<Pane>((from) => from.createPane(link, shell, chosen));
  const acts = later<Acts>((from) => from.createActs(link, shell, chosen));
  const menu = later<TimelineMenu>((from) => from.createTimelineMenu(link, shell, chosen));

  const scrubber = createScrubber(state, travel, time);
  const head = createHead(link, shell.announce, () => {
    const [newest] = state.peek().threads;
    if (newest) show(newest.id);
    scrubber.focus(); // the button is gone
  });
  const aside = h(
    "div",
    { class: "state", role: "group", "aria-label": "Checkpoint" },
    pane.element,
    acts.element,
  );
  const panes = div("panes", threads.list, grid.element, aside);

  const frame = createFrame({
    kind: "timeline",
    link,
    summary: computed(() => summary(state.value)),
    waiting: computed(() => {
      const waiting = link.latest.value.checkpoint_count - state.value.checkpoint_count;
      return waiting > 0 ? `${count(waiting)} more waiting` : "";
    }),
    empty: computed(() => {
      const { thread_count: some, title, deleted, reading } = state.value;
      if (some > 0 || deleted || (reading && (reading.progress !== null || reading.problem))) return null;
      return {
        head: "No checkpoints yet",
        hint: "Compile a graph with this saver and run it.",
        code: `graph = builder.compile(checkpointer=${title.name ?? "saver"})`,
      };
    }),
    tools: [threads.picker, head.reading],
    last: span("tools", menu.element),
    body: [head.banner, panes, scrubber.element],
    leads: { checkpoint: travel.choose },
  });
  frame.element.append(sheets);

  const does = {
    tab: (index: number) => pane.use((made) => made.tab(index)),
    act: (what: Parameters<Acts["act"]>[0]) => acts.use((made) => made.act(what)),
    help: () => menu.use((made) => made.help()),
    find: threads.search,
    newest,
    jump(where: Parameters<typeof travel.jump>[0]) {
      scrubber.stop();
      travel.jump(where);
    },
    across(side: 1 | -1) {
      scrubber.stop();
      const at = travel.row.peek();
      const row = at === null ? null : across(state.peek(), at, side);
      if (row === null) frame.announce("There is no lane");
      else travel.to(row);
    },
    pin() {
      const { thread, pinned } = state.peek();
      const at = selected.peek();
      if (thread === null || at === null) return;
      link.request("pin", { thread, at: at === pinned ? null : at }).then(
        () => frame.announce(at === pinned ? "No checkpoint is pinned" : "Pinned"),
        (error: Error) => frame.announce(error.message),
      );
    },
  };
  frame.element.firstElementChild!.addEventListener("keydown", (event) => {
    if (shortcut(event as KeyboardEvent, does)) event.preventDefault();
  });

  let last: number | null = null;
  let shown: string | null = null;
  let before: string | null = null;
  const stops = [
    effect(() => {
      const wanted = selection.value.value?.configurable;
      if (!wanted) return link.look({ selected: held.value });
      const at = keyOf({ ns: wanted.checkpoint_ns, id: wanted.checkpoint_id });
      link.look({ thread: String(wanted.thread_id), selected: at });
    }),
    effect(() => {
      // Scrolled away: what was shown before stays, until the top is shown again.
      const away = grid.visible.value.first > 0 && !chose.value;
      const at = selected.value;
      if (!away) {
        held.value = null;
        before = at;
      } else if (held.peek() === null) held.value = before;
    }),
    effect(() => {
      if (state.value.deleted && (hasFocus(aside) || hasFocus(grid.element))) scrubber.focus();
    }),
    effect(() => {
      const { thread, size } = state.value;
      seen.value = seenAt(seen.peek(), { thread, size }, following.value);
    }),
    effect(() => {
      const next = anchored(window, state.value, following.value);
      if (next) look(next);
    }),
    effect(() => {
      const at = travel.row.value;
      if (at !== null && last !== null && at !== last) way = Math.sign(at - last);
      last = at;
    }),
    effect(() => {
      // What is asked for may be out of view; once it has been shown, the rows are the user's.
      const arrived = travel.arrived.value;
      const at = travel.row.value;
      if (arrived && !chose.value) shown = null;
      else if (at !== null && travel.sure.value) {
        const place = arrived ? selected.value : String(at);
        if (place !== shown) untracked(() => reveal(at));
        shown = place;
      }
    }),
  ];
  const parts = [grid, threads, pane, acts, menu, scrubber, head, frame];
  return {
    element: frame.element,
    dispose: stopAll([...stops, ...parts.map((part) => part.dispose)]),
  };
}
