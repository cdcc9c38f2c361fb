import { div, h, setText, span } from "../../dom.js";
import { ago, bytes, counted, plain, took } from "../../format.js";
import { glyph } from "../../icons.js";
import type { Link } from "../../link.js";
import { paintText, visible } from "../../text.js";
import type { CacheState, EntryRow } from "../../wire.gen.js";
import { HOW } from "../keys/head.js";
import type { PaneOptions } from "../value/pane.js";

const PROMPT = 240; // characters, for five lines; more of it on hover

/** Which entry it is, and what it is worth. */
export function createEntryHead({ state, now }: Link<CacheState>): PaneOptions["head"] {
  const [prompt, model] = [h("bdi", { class: "text" }), h("bdi")];
  const [hits, cached, saves, size] = [span(""), span(""), span(""), span("")];
  const gone = span("evict", glyph("evict"), " no longer cached");
  const heading = h("h3", { class: "valkey" }, prompt);
  const figures = [div("about", hits, h("wbr"), cached, h("wbr"), gone), div("about", saves, h("wbr"), size)];

  function paint(row: EntryRow): void {
    const last = row.used === null ? "" : `, last ${ago(row.used, now.value)}`;
    setText(hits, row.hits === null ? "hits not known" : counted(row.hits, "hit") + last);
    setText(cached, row.inserted === null ? "" : `cached ${ago(row.inserted, now.value)}`);
    cached.title = row.inserted === null ? "" : new Date(1_000 * row.inserted).toLocaleString();
    const worth = [
      row.load === null ? "" : plain(took(row.load)),
      row.tokens === null ? "" : counted(row.tokens, "token"),
    ].filter(Boolean);
    setText(saves, worth.length > 0 ? `each hit saves ${worth.join(" and ")}` : "savings not known");
    setText(size, row.size === null ? "" : `${row.how === "exact" ? "" : "~"}${plain(bytes(row.size))}`);
    size.title = row.size === null ? "" : counted(row.size, "byte") + HOW[row.how];
  }

  return {
    element: div("vh s", heading, div("about", model), ...figures),
    paint(open) {
      const row = state.value.open_row;
      paintText(prompt, open.key, PROMPT);
      heading.title = visible(open.key);
      paintText(model, row?.model ?? "", 200);
      gone.hidden = !open.gone;
      if (row) paint(row);
    },
  };
}
