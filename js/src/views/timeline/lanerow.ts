import type { ReadonlySignal } from "@preact/signals-core";
import { div, h, setText, span, svg } from "../../dom.js";
import { age, duration, plain, step, took } from "../../format.js";
import { glyph, icon } from "../../icons.js";
import { FLAG, STOPPED } from "../../pictures.js";
import { paintText, visible } from "../../text.js";
import type { Badge, CheckpointRow } from "../../wire.gen.js";
import type { RowView } from "../gridrows.js";
import { type Neighbours, neighbours } from "../lanepath.js";
import { paintLanes } from "../lanes.js";
import { keyOf, nodeText } from "./keys.js";

/** What a row's looks depend on beside the row. */
export interface LaneContext {
  lanes: number;
  selected: string | null;
  pinned: string | null;
  /** By key, how the rows above and below bend. */
  bends: ReadonlyMap<string, Neighbours>;
  /** Whether time is told as what a step took, rather than as its age. */
  spent: boolean;
}

export function bends(rows: readonly CheckpointRow[]): Map<string, Neighbours> {
  return new Map(rows.map((row, i) => [keyOf(row), neighbours(rows[i - 1], rows[i + 1])]));
}

const ALONE = neighbours(undefined, undefined);

/** A checkpoint's row: its piece of the lanes, what ran, what is to be known of it, its step and time. */
export function createLaneRow(
  context: ReadonlySignal<LaneContext>,
  clock: () => number,
): RowView<CheckpointRow> {
  const picture = svg("svg", { class: "lanes", "aria-hidden": "true" });
  const source = span("sr");
  const scope = h("bdi", { class: "q" });
  const nodes = h("bdi");
  const cell = (name: string, ...children: Element[]) =>
    h("span", { class: name, role: "gridcell" }, ...children);
  const node = cell("ell mono node", scope, nodes);
  const marks = cell("marks");
  const stepCell = cell("num s");
  const timeCell = cell("num q");
  let painted = "";

  function tick(row: CheckpointRow): void {
    const spent = row.took === null ? "" : plain(took(row.took));
    setText(timeCell, context.peek().spent ? spent : row.ts === null ? "—" : plain(age(row.ts, clock())));
  }

  return {
    cells: [cell("lanecell", picture, source), node, marks, stepCell, timeCell],
    tick,
    paint(row) {
      if (!row) {
        painted = "";
        picture.replaceChildren();
        marks.replaceChildren();
        for (const cell of [source, scope, nodes, stepCell, timeCell]) setText(cell, "");
        return;
      }
      const { lanes, selected, pinned, bends } = context.peek();
      const key = keyOf(row);
      const here = key === selected;
      const pinnedHere = key === pinned;
      const next = bends.get(key) ?? ALONE;
      tick(row);
      const look = JSON.stringify([row, lanes, here, pinnedHere, [...next.above], [...next.below]]);
      if (look === painted) return; // as most are while one scrubs
      painted = look;
      paintLanes(picture, row, { lanes, selected: here, idle: row.idle !== null, next });
      paintText(source, row.source, 60);
      paintText(scope, row.scope.map((part) => `${part} / `).join(""), 200);
      paintText(nodes, nodeText(row), 300);
      node.title = visible([...row.scope, nodeText(row)].join(" / "), 400);
      nodes.classList.toggle("b", here);
      marks.replaceChildren(
        ...(row.idle === null ? [] : [div("q gap ell", `${duration(row.idle)} idle`)]),
        ...row.badges.map(badge),
        ...(pinnedHere ? [pin()] : []),
      );
      setText(stepCell, step(row.step));
    },
  };
}

function pin(): HTMLElement {
  return h("span", { class: "pin", title: "Pinned, to compare with" }, icon(FLAG), span("sr", "pinned"));
}

function badge({ kind, text }: Badge): HTMLElement {
  const words = h("bdi", { class: "ell" });
  paintText(words, text, 120);
  const title = visible(text, 400);
  if (kind === "interrupt") return h("span", { class: "badge intr", title }, glyph("interrupt"), words);
  if (kind === "error") return h("span", { class: "badge evict", title }, glyph("error"), words);
  if (kind === "pending") return h("span", { class: "badge pending", title }, glyph(STOPPED), words);
  return h("span", { class: "chip ell", title }, words);
}
