import type { ReadonlySignal } from "@preact/signals-core";
import { h, setText, span } from "../../dom.js";
import { bytes, count, moment } from "../../format.js";
import { glyph } from "../../icons.js";
import type { Link } from "../../link.js";
import { paintText, visible } from "../../text.js";
import type { By, LogRow } from "../../wire.gen.js";
import type { RowView } from "../gridrows.js";
import { keyName, numberCell, paintKey, paintNumber } from "../keys/rows.js";
import { kindOf, rest, whoLines } from "./words.js";

const SHORT = 160; // characters of a value

/** Before and after, what is not there left out. */
export function valuesOf(limit = SHORT): { element: HTMLElement; paint(row: LogRow | undefined): void } {
  const [before, after] = ["was", "is"].map((name) => h("bdi", { class: name }));
  const arrow = span("q", " → ");
  const note = span("note s");
  const element = span("ell values c-values", span("mono", before, arrow, after), note);
  return {
    element,
    paint(row) {
      paintText(before!, row?.before ?? "", limit);
      paintText(after!, row?.after ?? "", limit);
      arrow.hidden = !row?.before || !row.after;
      paintText(note, row?.note ?? "", limit);
      element.title = row ? visible([row.before, row.after].filter(Boolean).join(" → "), 400) : "";
    },
  };
}

/** The node, and where in the run and the notebook. */
export function whoOf(): { element: HTMLElement; paint(by: By | null | undefined): void } {
  const node = h("bdi", { class: "mono" });
  const place = span("s");
  const element = span("ell who", node, place);
  return {
    element,
    paint(by) {
      paintText(node, by?.node ?? "", 60);
      const text = by ? rest(by) : "";
      paintText(place, by?.node && text ? ` · ${text}` : text, 120);
      element.title = by ? visible(whoLines(by), 600).replaceAll("\\n", "\n") : "";
    },
  };
}

/** One change. */
export function makeLogRow(link: Link, delimiters: ReadonlySignal<string>): RowView<LogRow> {
  const mark = span("mark");
  const word = span("s c-kind");
  const time = span("q c-time");
  const name = keyName();
  const more = span("q plus");
  const key = span("c-key", name, more);
  const values = valuesOf();
  const size = numberCell("b2", "c-size");
  const who = whoOf();
  const cells = [time, mark, word, key, values.element, size, who.element];
  for (const cell of cells) cell.setAttribute("role", "gridcell");
  let kind: string | undefined;

  return {
    cells,
    paint(row) {
      if (kind !== row?.kind) {
        kind = row?.kind;
        const [picture, text] = row ? kindOf(row.kind) : [null, ""];
        mark.replaceChildren(...(picture ? [glyph(picture, text)] : []));
        setText(word, text);
      }
      setText(time, row && row.time !== null ? moment(row.time, link.now.peek()) : "");
      paintKey(name, row && row.keys > 0 ? row.key : null, delimiters.peek());
      name.title = row ? visible(row.key, 400) : "";
      setText(more, row && row.keys > 1 ? `+${count(row.keys - 1)}` : "");
      values.paint(row);
      paintNumber(size, row && row.size !== null ? bytes(row.size) : { digits: "", unit: "" });
      who.paint(row?.by);
    },
  };
}
