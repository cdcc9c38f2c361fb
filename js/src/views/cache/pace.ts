import { effect } from "@preact/signals-core";
import { button, h, setText, span } from "../../dom.js";
import { moment, rate, ratio } from "../../format.js";
import { recentRate } from "../../history.js";
import type { Link, View } from "../../link.js";
import { stopAll } from "../../stops.js";
import type { CacheState, Rates } from "../../wire.gen.js";
import { createPopover } from "../popover.js";
import { figure } from "../unknown.js";

const COLUMNS = ["lookups", "hits", "misses", "inserts", "evictions"] as const;
const WINDOWS = ["1 s", "10 s", "1 min", "mark"];

/** The rates of a window that has passed without anything being sent are 0. */
export function ratesNow(rates: Rates, since: number): Rates {
  if (since < rates.seconds) return rates;
  return { ...rates, hits: 0, misses: 0, inserts: 0, evictions: 0, ratio: null };
}

/** Lookups per second, which opens to the rates over all windows. */
export function createPace(link: Link<CacheState>): View {
  const pace = span("pace");
  const anchor = button({ class: "btn link", "aria-haspopup": "dialog", title: "Rates" }, () => {}, pace);
  const caption = h("caption");
  const body = h("tbody");
  const rows = WINDOWS.map((name) => {
    const head = h("th", { scope: "row" }, `last ${name}`);
    const cells = [...COLUMNS, "hit ratio"].map(() => h("td", { class: "num" }));
    const row = h("tr", {}, head, ...cells);
    body.append(row);
    return { name, row, head, cells };
  });
  const box = h(
    "div",
    { class: "box rates", role: "dialog", "aria-label": "Rates" },
    h(
      "table",
      {},
      caption,
      h(
        "thead",
        {},
        h(
          "tr",
          {},
          h("td"),
          ...[...COLUMNS, "hit ratio"].map((name) => h("th", { scope: "col", class: "num" }, name)),
        ),
      ),
      body,
    ),
  );
  const popover = createPopover(anchor, box);
  const stops = [
    effect(() => {
      const { history } = link.latest.value;
      const recent = (counts: number[]) => recentRate(history, counts, link.now.value);
      setText(pace, `${rate(recent(history.hits) + recent(history.misses))} lookups/s`);
    }),
    effect(() => {
      const { rates, mark, now } = link.state.value;
      const passed = link.connection.value === "live" ? link.now.value - now : 0;
      setText(caption, `Per second, at ${moment(now + passed, now)}`);
      for (const { name, row, head, cells } of rows) {
        const found = rates[name];
        row.hidden = !found;
        if (!found) continue;
        if (name === "mark" && mark) setText(head, `since ${moment(mark.time, now)}`);
        const {
          hits,
          misses,
          inserts,
          evictions,
          ratio: part,
        } = name === "mark" ? found : ratesNow(found, passed);
        const figures = [hits + misses, hits, misses, inserts, evictions].map(rate);
        for (const [i, text] of [...figures, part === null ? "—" : ratio(part, 1)].entries()) {
          figure(cells[i]!, link.state.value, COLUMNS[i] ?? "", text);
        }
      }
    }),
  ];
  return {
    element: popover.element,
    dispose: stopAll(stops),
  };
}
