import { h } from "../../dom.js";
import { paintText } from "../../text.js";
import type { Fact } from "../../wire.gen.js";
import type { Part } from "./blocks.js";

export function factsPart({ facts }: { facts: readonly Fact[] }): Part {
  const rows = facts.map(({ label, text }) => {
    const row = h("div", {}, h("dt"), h("dd"));
    paintText(row.firstChild as HTMLElement, label);
    paintText(row.lastChild as HTMLElement, text);
    return row;
  });
  return { element: h("dl", { class: "facts" }, ...rows) };
}
