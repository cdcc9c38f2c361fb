import { batch, computed, effect, signal } from "@preact/signals-core";
import { h, setText } from "../dom.js";
import { age, bytes, count, counted, rate } from "../format.js";
import { glyph } from "../icons.js";
import { splitKey } from "../keys.js";
import type { Link, View } from "../link.js";
import { Rate } from "../rates.js";
import { paintText, visible } from "../text.js";
import type { KeyRow, KeyTableState } from "../wire.gen.js";
import { createFrame } from "./frame.js";
import { createGrid, type RowView } from "./grid.js";

/** A change is marked this long at full tint, then fades (seconds). */
const HOLD = 2;
const FADE = 1.2;
const MARK_TICK = 200; // ms
const MAX_ROWS = 14;
const KEY_LIMIT = 1_000;
const PREVIEW_LIMIT = 400;

/** Keys of a store as a live table. */
export function createKeyTable(link: Link<KeyTableState>): View {
  const { state } = link;
  const changes = new Rate();
  const delimiter = computed(() => state.value.delimiters);
  const selected = computed(() => new Set(state.value.selection));
  const marking = signal(false);

  const grid = createGrid<KeyRow>({
    label: "Keys",
    heads: [
      h("span", { role: "columnheader" }, h("span", { class: "sr" }, "Mark")),
      h("span", { role: "columnheader" }, "Key"),
      h("span", { role: "columnheader", class: "wide" }, "Type"),
      h("span", { role: "columnheader", class: "num" }, "Size"),
      h("span", { role: "columnheader", class: "num" }, "Changed"),
      h("span", { role: "columnheader", class: "wide" }, "Preview"),
    ],
    slice: state,
    now: link.now,
    maxRows: MAX_ROWS,
    makeRow: () => makeRow(link, delimiter, marking),
    identify: (row) => row.id,
    isSelected: (row) => selected.value.has(row.id),
    context: computed(() => [selected.value, delimiter.value]),
    select: (row) => void link.request("select", { ids: [row.id] }),
    want: (start, stop) => link.look({ start, stop }),
    onKey: (event, row) => {
      if (event.key === "c" || event.key === "C") {
        event.preventDefault();
        void frame.copy(row.key, "Key");
      }
    },
  });

  const range = h("span");
  const pace = h("span");
  const seen = h("span", { class: "wide" });
  const delimiterText = h("span", { class: "q wide" });
  const foot = h(
    "div",
    { class: "foot" },
    range,
    h("i"),
    pace,
    h("i", { class: "wide" }),
    seen,
    h("span", { class: "sp" }),
    delimiterText,
  );

  const frame = createFrame({
    kind: "keys",
    link,
    summary: computed(() => counted(state.value.total, "key")),
    waiting: computed(() => {
      const waiting = link.latest.value.changes - state.value.changes;
      return waiting > 0 ? `${counted(waiting, "change")} waiting` : "";
    }),
    empty: computed(() => {
      const { size, title } = state.value;
      if (size > 0) return null;
      const value = title.type.includes("Byte") ? 'b"1"' : '"1"';
      return {
        head: "No keys yet",
        hint: "Keys appear here as code writes them.",
        code: `${title.name ?? "store"}.mset([("a", ${value})])`,
      };
    }),
    body: [grid.element, foot],
  });

  let markTimer: ReturnType<typeof setInterval> | undefined;
  const stops = [
    effect(() => {
      const { size } = state.value;
      const { first, end } = grid.visible.value;
      setText(range, `${count(Math.min(first + 1, size))}–${count(end)} of ${count(size)}`);
    }),
    effect(() => {
      const latest = link.latest.value;
      changes.add(latest.now, latest.changes);
      setText(pace, `${rate(changes.at(link.now.value))} changes/s`);
      setText(seen, `${counted(latest.changes, "change")} seen`);
    }),
    effect(() => {
      const mark = delimiter.value;
      delimiterText.replaceChildren(...(mark ? ["delimiter ", h("code", {}, mark)] : []));
    }),
    effect(() => {
      clearInterval(markTimer);
      if (marking.value) {
        markTimer = setInterval(() => {
          batch(() => {
            marking.value = false; // unless a row says otherwise
            grid.tick();
          });
        }, MARK_TICK);
      }
    }),
    () => clearInterval(markTimer),
    grid.dispose,
    frame.dispose,
  ];
  return {
    element: frame.element,
    dispose: () => {
      for (const stop of stops) stop();
    },
  };
}

function makeRow(
  link: Link<KeyTableState>,
  delimiter: { readonly value: string },
  marking: { value: boolean },
): RowView<KeyRow> {
  const mark = h("span", { class: "mark", role: "gridcell" });
  const namespace = h("bdi", { class: "ns" });
  const leaf = h("bdi", { class: "leaf" });
  const key = h("span", { class: "key", role: "gridcell" }, namespace, leaf);
  const type = h("bdi", { class: "chip ell" });
  const size = h("span");
  const sizeUnit = h("span", { class: "u b2" });
  const changed = h("span");
  const changedUnit = h("span", { class: "u t2" });
  const changedCell = h("span", { class: "num", role: "gridcell" }, changed, changedUnit);
  const preview = h("bdi");
  let marked: KeyRow["change"] = null;

  function tick(row: KeyRow, element: HTMLElement): void {
    const now = link.clock();
    const elapsed = row.changed === null ? Number.POSITIVE_INFINITY : now - row.changed;
    const { digits, unit } = row.changed === null ? { digits: "", unit: "" } : age(row.changed, now);
    setText(changed, digits);
    setText(changedUnit, unit);
    changedCell.classList.toggle("whole", unit === "");
    changedCell.classList.toggle("s", elapsed >= HOLD + FADE);
    const change = elapsed < HOLD + FADE ? row.change : null;
    element.classList.toggle("ins", change === "inserted" && elapsed < HOLD);
    element.classList.toggle("chg", change === "changed" && elapsed < HOLD);
    element.classList.toggle("fading", change !== null && elapsed >= HOLD);
    if (change !== null) marking.value = true;
    if (change === marked) return;
    marked = change;
    mark.replaceChildren(...(change ? [glyph(change, change)] : []));
  }

  return {
    cells: [
      mark,
      key,
      h("span", { role: "gridcell", class: "wide" }, type),
      h("span", { role: "gridcell", class: "num" }, size, sizeUnit),
      changedCell,
      h("span", { role: "gridcell", class: "ell mono q wide" }, preview),
    ],
    paint(row, element) {
      const [first, last] = splitKey(row?.key ?? "", delimiter.value);
      paintText(namespace, first, KEY_LIMIT);
      paintText(leaf, last, KEY_LIMIT);
      leaf.classList.toggle("keep", first !== "");
      if (row) key.title = visible(row.key, KEY_LIMIT);
      else key.removeAttribute("title");
      paintText(type, row?.type ?? "", 60);
      type.hidden = !row;
      const { digits, unit } =
        row && row.size !== null ? bytes(row.size) : { digits: row ? "—" : "", unit: "" };
      setText(size, row && row.size !== null && row.how !== "exact" ? `~${digits}` : digits);
      setText(sizeUnit, unit);
      paintText(preview, row?.preview ?? "", PREVIEW_LIMIT);
      if (row) tick(row, element);
      else {
        marked = null;
        mark.replaceChildren();
        setText(changed, "");
        setText(changedUnit, "");
        element.classList.remove("ins", "chg", "fading");
      }
    },
    tick,
  };
}
