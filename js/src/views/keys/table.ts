import { h } from "../../dom.js";
import { paintText, visible } from "../../text.js";
import type { Of, Part } from "./blocks.js";
import type { Block } from "./value.js";

export function tablePart(block: Of<"table">): Part {
  const { columns, numeric } = block;
  const rows: string[][] = [];
  const body = h("tbody");
  const heads = columns.map((name, i) => cell("th", name, i));
  const element = h(
    "div",
    { class: "tableblock" },
    h("table", {}, h("thead", {}, h("tr", {}, ...heads)), body),
  );

  function cell(tag: "th" | "td", text: string, i: number): HTMLElement {
    const element = h(tag, { class: numeric[i] ? "num" : null, scope: tag === "th" ? "col" : null });
    paintText(element, text, 300);
    if (text.length > 30) element.title = visible(text, 1_000);
    return element;
  }

  function append(next: Block): void {
    const more = (next as Of<"table">).rows;
    rows.push(...more);
    body.append(...more.map((row) => h("tr", {}, ...row.map((text, i) => cell("td", text, i)))));
  }

  append(block);
  return {
    element,
    append,
    text: () => [columns, ...rows].map((row) => row.map((text) => visible(text)).join("\t")).join("\n"),
  };
}
