import { div, h } from "../../dom.js";
import { paintText, visible } from "../../text.js";
import type { Of, Part } from "./blocks.js";
import type { Block } from "./value.js";

export function tablePart(block: Of<"table">): Part {
  const body = h("tbody");

  const line = (tag: "th" | "td", texts: readonly string[]) =>
    h(
      "tr",
      {},
      ...texts.map((text, i) => {
        const cell = h(text ? tag : "td", {
          class: block.numeric[i] && "num",
          title: text.length > 30 && visible(text, 1_000),
        });
        paintText(cell, text, 300);
        return cell;
      }),
    );

  function append(next: Block): void {
    body.append(...(next as Of<"table">).rows.map((row) => line("td", row)));
  }

  append(block);
  const table = h("table", {}, h("thead", {}, line("th", block.columns)), body);
  return { element: div("tableblock", table), append };
}
