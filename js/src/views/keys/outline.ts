import { h } from "../../dom.js";
import { paintText } from "../../text.js";
import type { Of, Part } from "./blocks.js";

/** Structured text; what was markup is only structure here. */
export function outlinePart({ items }: Of<"outline">): Part {
  const element = h("div", { class: "outline" });
  let list: HTMLElement | null = null;
  let heading = 2; // the widget's own title
  for (const { kind, level, mark, spans } of items) {
    // Levels that were left out would mislead whoever goes by headings.
    if (kind === "heading") heading = Math.min(level + 2, heading + 1, 6);
    const words = spans.map(({ text, style }) => {
      const span = h(style === "link" ? "u" : style || "span");
      paintText(span, text, Number.POSITIVE_INFINITY, true);
      return span;
    });
    if (kind === "item") {
      if (!list) {
        list = h("div", { role: "list" });
        element.append(list);
      }
      const sign = h("span", { class: "s" }, mark.slice(0, 10));
      list.append(h("div", { role: "listitem", style: `--level:${level}` }, sign, h("span", {}, ...words)));
      continue;
    }
    list = null;
    const role = kind === "heading" ? { role: kind, "aria-level": heading } : {};
    element.append(h(kind === "rule" ? "hr" : "div", { class: `${kind} h${level}`, ...role }, ...words));
  }
  return { element };
}
