import { computed, effect, type ReadonlySignal } from "@preact/signals-core";
import { button, h, setText, span } from "../../dom.js";
import { count } from "../../format.js";
import { icon } from "../../icons.js";
import { UP } from "../../pictures.js";
import { stopAll } from "../../stops.js";
import type { CheckpointRow } from "../../wire.gen.js";
import { createGrid, type Grid } from "../grid.js";
import { laneWidth } from "../lanepath.js";
import { keyOf } from "./keys.js";
import { bends, createLaneRow, type LaneContext } from "./lanerow.js";
import type { TimelineLink } from "./parts.js";

const MAX_ROWS = 15;

export interface LaneOptions {
  selected: ReadonlySignal<string | null>;
  /** Whether time is told as what a step took. */
  spent: ReadonlySignal<boolean>;
  /** Whether the newest is shown, whatever comes. */
  following: ReadonlySignal<boolean>;
  /** Whether it is to be, but for where the rows happen to be. */
  follows(): boolean;
  /** New checkpoints that have not been shown. */
  fresh: ReadonlySignal<number>;
  select(row: CheckpointRow): void;
  want(start: number, stop: number): void;
  newest(): void;
}

/** The checkpoints of a thread in lanes, newest first. */
export function createLaneGrid(link: TimelineLink, options: LaneOptions): Grid {
  const { state } = link;
  const bent = computed(() => bends(state.value.rows));
  const context = computed<LaneContext>(() => ({
    lanes: state.value.lanes,
    selected: options.selected.value,
    pinned: state.value.pinned,
    bends: bent.value,
    spent: options.spent.value,
  }));
  const news = span("");
  const newest = button(
    { class: "btn small newest", title: "Follow the newest (N)" },
    options.newest,
    icon(UP),
    "Newest",
    news,
  );
  const head = (name: string, ...children: (Element | string)[]) =>
    h("span", { class: name, role: "columnheader" }, ...children);
  const time = head("num");
  const grid = createGrid<CheckpointRow>({
    label: "Checkpoints",
    heads: [
      head("", "Lanes"),
      head("", "Node"),
      head("marks", span("sr", "Marks"), newest),
      head("num", "Step"),
      time,
    ],
    slice: computed(() => ({ ...state.value, basis: state.value.thread ?? "" })),
    now: link.now,
    maxRows: MAX_ROWS,
    makeRow: () => createLaneRow(context, link.clock),
    identify: keyOf,
    isSelected: (row) => keyOf(row) === options.selected.value,
    context,
    select: options.select,
    want: options.want,
    follows: options.follows,
  });
  const stops = [
    effect(() => {
      const { following, fresh } = options;
      // Its place stays: the head's other cells do not move.
      newest.style.visibility = following.value || state.value.size === 0 ? "hidden" : "";
      setText(news, fresh.value > 0 ? ` (${count(fresh.value)} new)` : "");
      newest.classList.toggle("on", fresh.value > 0);
    }),
    effect(() => setText(time, options.spent.value ? "Took" : "Age")),
    effect(() => grid.element.style.setProperty("--lanes", `${laneWidth(state.value.lanes)}px`)),
  ];
  return {
    ...grid,
    dispose: stopAll([...stops, grid.dispose]),
  };
}
