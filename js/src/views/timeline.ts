import { computed, effect, signal, untracked } from "@preact/signals-core";
import { h, setText, svg } from "../dom.js";
import { age, count, counted, duration, step } from "../format.js";
import { glyph } from "../icons.js";
import { createLater, createModule } from "../later.js";
import type { Link, Trait, View } from "../link.js";
import { paintText, visible } from "../text.js";
import type { CheckpointPanes } from "../widgets/checkpoint_panes.js";
import type { Badge, CheckpointRow, TimelineState } from "../wire.gen.js";
import { createFrame } from "./frame.js";
import { createGrid } from "./grid.js";
import type { RowView } from "./gridrows.js";
import { laneWidth, type Neighbours, neighbours } from "./lanepath.js";
import { paintLanes } from "./lanes.js";
import { createThreads } from "./threads.js";
import { configOf, keyOf, nodeText, type Selection, splitKey } from "./timeline/keys.js";
import type { Acts, Chosen, Pane, Place, Shell, TimelineMenu } from "./timeline/parts.js";

const MAX_ROWS = 15;
const IDLE = 300; // s between two checkpoints that is worth saying

interface Between {
  next: Neighbours;
  /** How long nothing happened before the checkpoint (seconds), where that is worth saying. */
  idle: number | undefined;
}

interface Context {
  lanes: number;
  selected: string | null;
  /** By key, the rows above and below. */
  between: ReadonlyMap<string, Between>;
}

/** Threads, the checkpoints of one in lanes, and the state of the selected one. */
export function createTimeline(link: Link<TimelineState>, selection: Trait<Selection | null>): View {
  const { state } = link;

  // What was chosen here or in Python; without a choice the kernel's, which follows the newest.
  const selected = computed(() => {
    const chosen = selection.value.value?.configurable;
    if (chosen && String(chosen.thread_id) === state.value.thread) {
      return keyOf({ ns: chosen.checkpoint_ns, id: chosen.checkpoint_id });
    }
    return state.value.selected;
  });
  const context = computed<Context>(() => ({
    lanes: state.value.lanes,
    selected: selected.value,
    between: between(state.value.rows),
  }));

  function choose(at: string, thread = state.peek().thread): void {
    if (thread !== null) selection.set(configOf(thread, at));
  }
  const shell: Shell = {
    announce: (text) => frame.announce(text),
    copy: (...given) => frame.copy(...given),
    choose,
    neighbours: signal<readonly Place[]>([]),
  };

  const grid = createGrid<CheckpointRow>({
    label: "Checkpoints",
    heads: [
      h("span", { role: "columnheader" }, "Lanes"),
      h("span", { role: "columnheader" }, "Node"),
      h("span", { role: "columnheader" }, h("span", { class: "sr" }, "Marks")),
      h("span", { role: "columnheader", class: "num" }, "Step"),
      h("span", { role: "columnheader", class: "num" }, "Age"),
    ],
    slice: state,
    now: link.now,
    maxRows: MAX_ROWS,
    makeRow: () => makeRow(context, link),
    identify: keyOf,
    isSelected: (row) => keyOf(row) === selected.value,
    context,
    select: (row) => choose(keyOf(row)),
    want: (start, stop) => link.look({ start, stop }),
  });

  const threads = createThreads(
    computed(() => {
      const { threads: list, thread_count: total, thread: current } = state.value;
      return { threads: list, total, current };
    }),
    link.now,
    (thread) => {
      if (thread === state.peek().thread) return;
      selection.set(null);
      link.look({ thread, selected: null, start: 0 });
    },
  );

  const chosen = computed<Chosen | null>(() => {
    const { thread, rows } = state.value;
    const key = selected.value;
    if (thread === null || key === null) return null;
    const row = rows.find((candidate) => keyOf(candidate) === key);
    return { thread, at: key, ...splitKey(key), row };
  });
  // What comes with the rest of the code: the lanes are there before it.
  const sheets = h("div");
  const fetch = createModule<CheckpointPanes>(link, sheets);
  const pane = createLater<Pane>(
    () => true,
    async () => (await fetch()).createPane(link, shell, chosen),
  );
  const acts = createLater<Acts>(
    () => true,
    async () => (await fetch()).createActs(link, shell, chosen),
  );
  const menu = createLater<TimelineMenu>(
    () => true,
    async () => (await fetch()).createTimelineMenu(link, shell, chosen),
  );
  const aside = h(
    "div",
    { class: "state", role: "group", "aria-label": "Checkpoint" },
    pane.element,
    acts.element,
  );

  const range = h("span");
  const foot = h("div", { class: "foot" }, range);

  const frame = createFrame({
    kind: "timeline",
    link,
    summary: computed(() => {
      const { thread_count: threadCount, checkpoint_count: checkpoints } = state.value;
      return `${counted(threadCount, "thread")} · ${counted(checkpoints, "checkpoint")}`;
    }),
    waiting: computed(() => {
      const waiting = link.latest.value.checkpoint_count - state.value.checkpoint_count;
      return waiting > 0 ? `${count(waiting)} more waiting` : "";
    }),
    empty: computed(() => {
      const { thread_count: none, title } = state.value;
      if (none > 0) return null;
      return {
        head: "No checkpoints yet",
        hint: "Compile a graph with this saver and run it.",
        code: `graph = builder.compile(checkpointer=${title.name ?? "saver"})`,
      };
    }),
    tools: [threads.picker],
    last: menu.element,
    body: [h("div", { class: "panes" }, threads.list, grid.element, aside), foot],
  });

  frame.element.append(sheets);

  function onKey(event: KeyboardEvent): void {
    if (event.defaultPrevented || event.altKey || event.metaKey) return;
    if ((event.target as Element).closest("input, textarea, select, dialog, [popover]")) return;
    const key = event.key.toLowerCase();
    const what = ({ f: "fork", r: "rerun", c: "code" } as const)[key];
    if (event.ctrlKey && key >= "1" && key <= "4") pane.use((made) => made.tab(Number(key) - 1));
    else if (event.ctrlKey) return;
    else if (what) acts.use((made) => made.act(what));
    else if (key === "?") menu.use((made) => made.help());
    else return;
    event.preventDefault();
  }
  frame.element.firstElementChild!.addEventListener("keydown", onKey as EventListener);

  let shown: string | null = null;
  const stops = [
    effect(() => {
      const wanted = selection.value.value?.configurable;
      if (wanted) {
        const key = keyOf({ ns: wanted.checkpoint_ns, id: wanted.checkpoint_id });
        link.look({ thread: String(wanted.thread_id), selected: key });
      } else {
        link.look({ selected: null });
      }
    }),
    effect(() => {
      // What was selected in Python may be out of view. The kernel's answer to an earlier choice is not meant.
      const { selected: key, selected_row: row } = state.value;
      if (key === shown || key !== selected.value || selection.value.value === null || row === null) return;
      shown = key;
      untracked(() => grid.reveal(row));
    }),
    effect(() => grid.element.style.setProperty("--lanes", `${laneWidth(state.value.lanes)}px`)),
    effect(() => {
      const { size, thread } = state.value;
      const { first, end } = grid.visible.value;
      setText(
        range,
        `${count(Math.min(first + 1, size))}–${count(end)} of ${count(size)} in ${visible(thread ?? "", 60)}`,
      );
    }),
    grid.dispose,
    threads.dispose,
    pane.dispose,
    acts.dispose,
    menu.dispose,
    frame.dispose,
  ];
  return {
    element: frame.element,
    dispose: () => {
      for (const stop of stops) stop();
    },
  };
}

function between(rows: readonly CheckpointRow[]): Map<string, Between> {
  return new Map(
    rows.map((row, i) => {
      const older = rows[i + 1];
      const gap = row.ts === null || !older || older.ts === null ? 0 : row.ts - older.ts;
      return [keyOf(row), { next: neighbours(rows[i - 1], older), idle: gap >= IDLE ? gap : undefined }];
    }),
  );
}

const ALONE: Between = { next: neighbours(undefined, undefined), idle: undefined };

function makeRow(context: { peek(): Context }, link: Link<TimelineState>): RowView<CheckpointRow> {
  const picture = svg("svg", { class: "lanes", "aria-hidden": "true" });
  const source = h("span", { class: "sr" });
  const scope = h("bdi", { class: "q" });
  const nodes = h("bdi");
  const node = h("span", { class: "ell mono node", role: "gridcell" }, scope, nodes);
  const marks = h("span", { class: "marks", role: "gridcell" });
  const stepCell = h("span", { class: "num s", role: "gridcell" });
  const ageCell = h("span", { class: "num q", role: "gridcell" });

  function tick(row: CheckpointRow): void {
    const { digits, unit } = row.ts === null ? { digits: "—", unit: "" } : age(row.ts, link.clock());
    setText(ageCell, unit ? `${digits} ${unit}` : digits);
  }

  return {
    cells: [
      h("span", { role: "gridcell", class: "lanecell" }, picture, source),
      node,
      marks,
      stepCell,
      ageCell,
    ],
    tick,
    paint(row) {
      if (!row) {
        picture.replaceChildren();
        marks.replaceChildren();
        for (const cell of [source, scope, nodes, stepCell, ageCell]) setText(cell, "");
        return;
      }
      const { lanes, selected, between: all } = context.peek();
      const key = keyOf(row);
      const { next, idle: gap } = all.get(key) ?? ALONE;
      paintLanes(picture, row, { lanes, selected: key === selected, idle: gap !== undefined, next });
      paintText(source, row.source, 60);
      paintText(scope, row.scope.map((part) => `${part} / `).join(""), 200);
      paintText(nodes, nodeText(row), 300);
      node.title = visible([...row.scope, nodeText(row)].join(" / "), 400);
      nodes.classList.toggle("b", key === selected);
      marks.replaceChildren(
        ...(gap === undefined ? [] : [h("span", { class: "q gap" }, `after ${duration(gap)} idle`)]),
        ...row.badges.map(badge),
      );
      setText(stepCell, step(row.step));
      tick(row);
    },
  };
}

function badge({ kind, text }: Badge): HTMLElement {
  const words = h("bdi", { class: "ell" });
  paintText(words, text, 120);
  if (kind === "interrupt") return h("span", { class: "badge intr" }, glyph("interrupt"), words);
  if (kind === "error") return h("span", { class: "badge evict" }, glyph("error"), words);
  return h("span", { class: "chip ell" }, words);
}
