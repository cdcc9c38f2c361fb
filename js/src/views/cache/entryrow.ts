import { h, setText, span } from "../../dom.js";
import { age, bytes, count, counted, moment, plain, type Quantity, took } from "../../format.js";
import { glyph } from "../../icons.js";
import type { Link } from "../../link.js";
import { paintText, visible } from "../../text.js";
import type { CacheState, EntryRow } from "../../wire.gen.js";
import type { RowView } from "../gridrows.js";
import { HOW } from "../keys/head.js";
import { numberCell, paintNumber } from "../keys/rows.js";
import { FADE, HOLD } from "../marks.js";

/** A row, and whether its entry is gone since. */
export interface ListedEntry extends EntryRow {
  gone?: true;
}

const PROMPT = 400; // characters
const MODEL = 200;
const SPOKEN = { inserted: "just cached", hit: "just hit", evict: "no longer cached" };
const SEEN = "was cached before watching began";

/** Why a figure is not known, in the columns' order. */
export const UNKNOWN = {
  hits: `Not known: it ${SEEN}`,
  age: `Not known: it ${SEEN}`,
  used: "Not hit since watching began",
  load: "Not known: no lookup was seen that it answers",
  tokens: "Not known: the generations carry no usage_metadata",
  size: "Not measured yet",
} as const;

/** One entry's row; `marking` is set while a mark is to be seen, so that it is ticked often. */
export function makeEntryRow(link: Link<CacheState>, marking: { value: boolean }): RowView<ListedEntry> {
  const mark = span("mark");
  const prompt = h("bdi");
  const model = h("bdi");
  const hits = numberCell("b2");
  const cached = numberCell("t2");
  const used = numberCell("t2");
  const load = numberCell("t2");
  const tokens = numberCell("b2");
  const size = numberCell("b2");
  const named = { hits, age: cached, used, load, tokens, size };
  for (const [name, cell] of Object.entries(named)) cell.classList.add(`c-${name}`);
  const cells = [mark, span("ell c-prompt", prompt), span("ell s c-model", model), ...Object.values(named)];
  for (const cell of cells) cell.setAttribute("role", "gridcell");

  let marked: keyof typeof SPOKEN | null = null;

  /** What is not known is a dash that says why. */
  function figure(
    name: keyof typeof named,
    value: number | null,
    text: (value: number) => Quantity,
    title: (value: number) => string,
    about = "",
  ): void {
    const cell = named[name];
    const known = value !== null;
    paintNumber(cell, known ? text(value) : { digits: "—", unit: "" }, known ? about : "");
    cell.classList.toggle("q", !known);
    cell.title = known ? title(value) : UNKNOWN[name];
  }

  function tick(row: ListedEntry, element: HTMLElement): void {
    const now = link.clock();
    const latest = Math.max(row.used ?? 0, row.inserted ?? 0);
    const fresh = row.gone || now - latest < HOLD + FADE;
    const change = row.gone ? "evict" : !fresh ? null : latest === row.used ? "hit" : "inserted";
    element.classList.toggle("fading", fresh && !row.gone && now - latest >= HOLD);
    if (fresh) marking.value = true;
    if (change !== marked) mark.replaceChildren(...(change ? [glyph(change, SPOKEN[change])] : []));
    marked = change;
    const since = (time: number) => age(time, now);
    const at = (time: number) => moment(time, Date.now() / 1_000);
    figure("age", row.inserted, since, (time) => `Cached ${at(time)}`);
    figure("used", row.used, since, (time) => `Last hit ${at(time)}`);
    if (row.used === null && row.hits === 0) used.title = "Never hit";
  }

  return {
    cells,
    paint(row, element) {
      paintText(prompt, row?.prompt ?? "", PROMPT);
      prompt.className = row ? "text" : "";
      paintText(model, row?.model ?? "", MODEL);
      element.classList.toggle("del", row?.gone ?? false);
      if (!row) {
        marked = null;
        mark.replaceChildren();
        element.classList.remove("fading");
        for (const cell of Object.values(named)) {
          for (const part of cell.children) setText(part, "");
          cell.removeAttribute("title");
        }
        return;
      }
      prompt.parentElement!.title = visible(row.prompt, 2_000);
      model.parentElement!.title = visible(row.model, 2_000);
      figure(
        "hits",
        row.hits,
        (n) => ({ digits: count(n), unit: "" }),
        (n) => counted(n, "hit"),
      );
      figure("load", row.load, took, (time) => `${plain(took(time))} from the miss to the answer`);
      figure(
        "tokens",
        row.tokens,
        (n) => ({ digits: count(n), unit: "" }),
        (n) => counted(n, "token"),
      );
      const about = row.how === "exact" ? "" : "~";
      figure("size", row.size, bytes, (n) => counted(n, "byte") + HOW[row.how], about);
      tick(row, element);
    },
    tick,
  };
}
