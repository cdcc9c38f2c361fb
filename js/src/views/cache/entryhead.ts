import { div, h, setText, span } from "../../dom.js";
import { ago, bytes, counted, plain, took } from "../../format.js";
import { glyph } from "../../icons.js";
import type { Link } from "../../link.js";
import { paintText, visible } from "../../text.js";
import type { CacheState } from "../../wire.gen.js";
import { HOW } from "../keys/head.js";
import type { PaneOptions } from "../value/pane.js";

const PROMPT = 240; // characters, for five lines; more of it on hover

/** Which entry it is, and what it is worth. */
export function createEntryHead({ state, now }: Link<CacheState>): PaneOptions["head"] {
  const [prompt, model, type] = [h("bdi"), h("bdi"), h("bdi")];
  const [hits, cached, saves, size] = [span(""), span(""), span(""), span("")];
  const gone = span("evict", glyph("evict"), " no longer cached");
  const heading = h("h3", { class: "valkey" }, prompt);
  const element = div(
    "vh s",
    heading,
    div("about", model),
    div("about", hits, cached, gone),
    div("about", saves, size, type),
  );

  return {
    element,
    paint(open) {
      const row = state.value.open_row;
      paintText(prompt, open.key, PROMPT);
      heading.title = visible(open.key);
      paintText(model, row?.model ?? "", 200);
      paintText(type, open.type, 80);
      setText(size, open.size === null ? "" : `${open.how === "exact" ? "" : "~"}${plain(bytes(open.size))}`);
      size.title = open.size === null ? "" : counted(open.size, "byte") + HOW[open.how];
      setText(cached, open.changed === null ? "" : `cached ${ago(open.changed, now.value)}`);
      cached.title = open.changed === null ? "" : new Date(1_000 * open.changed).toLocaleString();
      gone.hidden = !open.gone;
      if (!row) {
        for (const part of [hits, saves]) setText(part, "");
        return;
      }
      const last = row.used === null ? "" : `, last ${ago(row.used, now.value)}`;
      setText(hits, row.hits === null ? "hits not known" : counted(row.hits, "hit") + last);
      const worth = [
        row.load === null ? "" : plain(took(row.load)),
        row.tokens === null ? "" : counted(row.tokens, "token"),
      ].filter(Boolean);
      setText(
        saves,
        worth.length > 0 ? `each hit saves ${worth.join(" and ")}` : "what a hit saves is not known",
      );
    },
  };
}
