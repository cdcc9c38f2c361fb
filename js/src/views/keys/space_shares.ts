import { button, h, setText } from "../../dom.js";
import { count, counted, ratio } from "../../format.js";
import { paintText, visible } from "../../text.js";
import type { Share, Space } from "../../wire.gen.js";
import { part, sized, withRest } from "./parts.js";

export interface Shares {
  element: HTMLElement;
  show(shares: readonly Share[], whole: Space, isChosen: (share: Share) => boolean, empty: string): void;
}

/** Horizontal bars; one clicked narrows the list to its part, and again takes that back. */
export function createShares(title: string, choose: (share: Share) => void): Shares {
  const list = h("ul");
  const note = h("p", { class: "note q" });
  const element = h(
    "section",
    { "aria-label": title },
    h("div", { class: "sect" }, h("h3", {}, title)),
    list,
    note,
  );
  let shown: readonly Share[] = [];

  function makeRow(i: number): HTMLElement {
    const row = button(
      { class: "row" },
      () => choose(shown[i]!),
      h("bdi", { class: "ell" }),
      h("span", { class: "bar" }, h("i")),
      h("span", { class: "num" }),
      h("span", { class: "num s" }, h("span"), h("span", { class: "sr" }, " keys")),
      h("span", { class: "num s" }),
    );
    return h("li", {}, row);
  }

  return {
    element,
    show(shares, whole, isChosen, empty) {
      shown = withRest(shares, whole);
      const most = Math.max(...shown.map((share) => share.bytes));
      while (list.childElementCount < shown.length) list.append(makeRow(list.childElementCount));
      while (list.childElementCount > shown.length) list.lastElementChild!.remove();
      for (const [i, share] of shown.entries()) {
        const row = list.children[i]!.firstElementChild as HTMLButtonElement;
        const [name, bar, size, keys, ratioCell] = [...row.children] as HTMLElement[];
        const rest = i >= shares.length;
        row.disabled = rest;
        row.classList.toggle("rest", rest);
        row.setAttribute("aria-pressed", String(!rest && isChosen(share)));
        row.title = `${visible(share.prefix ?? share.label, 400)}\n${count(share.bytes)} B, ${counted(share.keys, "key")}`;
        paintText(name!, share.label, 200);
        (bar!.firstElementChild as HTMLElement).style.width = part(share.bytes, most);
        setText(size!, sized(share.bytes, "exact"));
        setText(keys!.firstElementChild!, count(share.keys));
        setText(ratioCell!, ratio(share.bytes, whole.bytes));
      }
      setText(note, shown.length === 0 ? empty : "");
    },
  };
}
