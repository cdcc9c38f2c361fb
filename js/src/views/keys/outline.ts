import { h } from "../../dom.js";
import { paintText } from "../../text.js";
import type { OutlineItem } from "../../wire.gen.js";
import type { Of, Part } from "./blocks.js";

/** Structured text; what was markup is only structure here. */
export function outlinePart({ items }: Of<"outline">): Part {
  const element = h("div", { class: "outline" });
  let list: HTMLElement | null = null;
  let heading = 2; // the widget's own title
  for (const item of items) {
    if (item.kind !== "item") list = null;
    else if (!list) {
      list = h("div", { role: "list" });
      element.append(list);
    }
    // Levels that were left out would mislead whoever goes by headings.
    if (item.kind === "heading") heading = Math.min(item.level + 2, heading + 1, 6);
    (list ?? element).append(makeItem(item, heading));
  }
  const line = ({ mark, level, kind, spans }: OutlineItem) => {
    const before = kind === "heading" ? `${"#".repeat(level)} ` : mark && `${"  ".repeat(level)}${mark} `;
    return `${before}${spans.map((span) => span.text).join("")}`;
  };
  return { element, text: () => items.map(line).join("\n") };
}

function makeItem({ kind, level, mark, spans }: OutlineItem, heading: number): HTMLElement {
  const words = spans.map(({ text, style }) => {
    const span = h(style === "" ? "span" : style === "link" ? "u" : style);
    paintText(span, text, Number.POSITIVE_INFINITY, true);
    return span;
  });
  switch (kind) {
    case "heading":
      return h("div", { role: "heading", "aria-level": heading, class: `heading h${level}` }, ...words);
    case "item": {
      const sign = h("span", { class: "s" });
      paintText(sign, mark, 10);
      return h("div", { role: "listitem", style: `--level:${level}` }, sign, h("span", {}, ...words));
    }
    case "rule":
      return h("hr");
    default:
      return h("div", { class: kind, role: kind === "quote" ? "blockquote" : null }, ...words);
  }
}
