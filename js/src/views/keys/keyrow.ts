import type { ReadonlySignal } from "@preact/signals-core";
import { h, span } from "../../dom.js";
import { age, bytes, counted, moment, type Quantity } from "../../format.js";
import { glyph } from "../../icons.js";
import type { Link } from "../../link.js";
import { paintText, visible } from "../../text.js";
import type { KeyRow, KeyTableState } from "../../wire.gen.js";
import type { RowView } from "../gridrows.js";
import { FADE, HOLD } from "../marks.js";
import { whyUnknown } from "../unknown.js";
import { keyName, numberCell, paintKey, paintNumber } from "./rows.js";

const KEY_LIMIT = 1_000;
const PREVIEW_LIMIT = 400;

const NOTHING: Quantity = { digits: "", unit: "" };
const UNKNOWN: Quantity = { digits: "—", unit: "" };
const HOW = { exact: "", sampled: ", measured by a sample", shallow: ", without what it refers to" } as const;

/** One key's row; `marking` is set while a mark is to be seen, so that it is ticked often. */
export function makeKeyRow(
  link: Link<KeyTableState>,
  delimiters: ReadonlySignal<string>,
  marking: { value: boolean },
): RowView<KeyRow> {
  const mark = span("mark");
  const key = keyName();
  const type = h("bdi", { class: "chip ell" });
  const size = numberCell("b2");
  const changed = numberCell("t2");
  const preview = h("bdi");
  const cells = [mark, key, span("c-type", type), size, changed, span("ell mono q c-preview", preview)];
  for (const cell of cells) cell.setAttribute("role", "gridcell");
  let marked: KeyRow["change"] = null;

  function tick(row: KeyRow, element: HTMLElement): void {
    const now = link.clock();
    const elapsed = row.changed === null ? Number.POSITIVE_INFINITY : now - row.changed;
    paintNumber(changed, row.changed === null ? UNKNOWN : age(row.changed, now));
    changed.classList.toggle("s", elapsed >= HOLD + FADE);
    const gone = row.change === "deleted";
    const change = gone || elapsed < HOLD + FADE ? row.change : null;
    element.classList.toggle("del", gone);
    element.classList.toggle("ins", change === "inserted" && elapsed < HOLD);
    element.classList.toggle("chg", change === "changed" && elapsed < HOLD);
    element.classList.toggle("fading", change !== null && !gone && elapsed >= HOLD);
    if (change !== null) marking.value = true;
    if (change === marked) return;
    marked = change;
    mark.replaceChildren(...(change ? [glyph(change, change)] : []));
  }

  return {
    cells,
    paint(row, element) {
      paintKey(key, row ? row.key : null, delimiters.peek());
      paintText(type, row?.type ?? "", 60);
      type.title = type.textContent;
      type.hidden = !row;
      paintText(preview, row?.preview ?? "", PREVIEW_LIMIT);
      if (!row) {
        marked = null;
        mark.replaceChildren();
        for (const cell of [size, changed]) paintNumber(cell, NOTHING);
        for (const cell of [key, size, changed]) cell.removeAttribute("title");
        element.classList.remove("ins", "chg", "del", "fading");
        return;
      }
      const about = row.size !== null && row.how !== "exact" ? "~" : "";
      paintNumber(size, row.size === null ? UNKNOWN : bytes(row.size), about);
      key.title = visible(row.key, KEY_LIMIT);
      size.title =
        row.size === null
          ? whyUnknown(link.state.peek(), "bytes") || "not known"
          : counted(row.size, "byte") + HOW[row.how];
      changed.title = row.changed === null ? "no change known" : moment(row.changed, Date.now() / 1000);
      tick(row, element);
    },
    tick,
  };
}
