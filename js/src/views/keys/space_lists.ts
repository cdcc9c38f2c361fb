import { button, div, h, setText, span } from "../../dom.js";
import { bytes, count, counted, type Quantity, ratio } from "../../format.js";
import { paintText, visible } from "../../text.js";
import type { Share, Space, TopKey } from "../../wire.gen.js";
import { part, withRest } from "./parts.js";
import { createRows, inPlaces, keyName, numberCell, paintKey, paintNumber } from "./rows.js";

function createList(title: string, heads: string[], kind: string) {
  const list = h("ul");
  const note = h("p", { class: "note q" });
  const element = h(
    "section",
    { "aria-label": title, class: kind },
    div(
      "sect row",
      h("h3", {}, title),
      ...heads.map((head) => h("span", { class: "num", "aria-hidden": "true" }, head)),
    ),
    list,
    note,
  );
  return { list, note, element };
}

/** Horizontal bars; one clicked narrows the list to its part, and again takes that back. */
export function createShares(title: string, choose: (share: Share) => void) {
  const { list, note, element } = createList(title, ["Bytes", "Keys", "Share"], "shares");
  type Item = Share & { rest: boolean; chosen: boolean; most: number; whole: number };
  const identify = ({ rest, prefix, label }: Item) => (rest ? "" : (prefix ?? label));
  const rows = createRows<Item>(list, { identify, steady: inPlaces }, (item) => {
    const name = h("bdi", { class: "ell" });
    const bar = h("i");
    const size = numberCell("b2");
    const keys = span("num s");
    const share = span("num s");
    const row = button({ class: "row" }, () => choose(item()), name, span("track", bar), size, keys, share);
    return {
      element: h("li", {}, row),
      paint({ label, prefix, bytes: some, keys: n, rest, chosen, most, whole }) {
        row.disabled = rest;
        row.setAttribute("aria-pressed", String(chosen));
        row.title = `${visible(label, 400)}: ${count(some)} B, ${counted(n, "key")}`;
        name.classList.toggle("mono", prefix !== null);
        paintText(name, label, 200);
        bar.style.width = part(some, most);
        paintNumber(size, bytes(some));
        setText(keys, count(n));
        setText(share, ratio(some, whole));
      },
    };
  });
  return {
    element,
    show(shares: readonly Share[], whole: Space, isChosen: (share: Share) => boolean, empty: string): void {
      const all = withRest(shares, whole);
      const most = Math.max(...all.map((share) => share.bytes));
      rows(
        all.map((share, i) => {
          const rest = i >= shares.length;
          return { ...share, rest, chosen: !rest && isChosen(share), most, whole: whole.bytes };
        }),
      );
      setText(note, all.length > 0 ? "" : empty);
    },
  };
}

/** The first keys of an order; one clicked is opened. `figure` is what it is ordered by. */
export function createTop(
  title: string,
  head: string,
  jump: (id: number) => void,
  figure: (key: TopKey) => Quantity & { before?: string; title: string },
) {
  const { list, note, element } = createList(title, [head], "top");
  let parted = "";
  const rows = createRows<TopKey>(list, { identify: ({ id }) => id, steady: inPlaces }, (item) => {
    const name = keyName();
    const number = numberCell("b2");
    const row = button({ class: "row" }, () => jump(item().id), name, number);
    return {
      element: h("li", {}, row),
      paint(key) {
        const shown = figure(key);
        paintKey(name, key.key, parted);
        paintNumber(number, shown, shown.before);
        row.title = `${visible(key.key, 400)}\n${shown.title}`;
      },
    };
  });
  return {
    element,
    show(keys: readonly TopKey[], delimiters: string, empty: string): void {
      parted = delimiters;
      rows(keys, delimiters);
      setText(note, keys.length > 0 ? "" : empty);
    },
  };
}
