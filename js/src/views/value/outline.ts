import { div, h, span } from "../../dom.js";
import { painted } from "../../text.js";
import type { Of, Part } from "./blocks.js";

/** Structured text; what was markup is only structure here. */
export function outlinePart({ items }: Of<"outline">): Part {
  const element = div("md"); // "outline" is a class that Tailwind, in marimo, draws a line for
  let list: HTMLElement | null = null;
  let heading = 2; // the widget's own title
  for (const { kind, level, mark, spans } of items) {
    // Levels that were left out would mislead whoever goes by headings.
    if (kind === "heading") heading = Math.min(level + 2, heading + 1, 6);
    const words = spans.map(({ text, style }) =>
      painted(style === "link" ? "u" : style || "span", "", text, text.length, true),
    );
    if (kind === "item") {
      if (!list) {
        list = h("div", { role: "list" });
        element.append(list);
      }
      const sign = span("s", mark.slice(0, 10));
      list.append(h("div", { role: "listitem", style: `--level:${level}` }, sign, span("", ...words)));
      continue;
    }
    list = null;
    const role = kind === "heading" ? { role: kind, "aria-level": heading } : {};
    element.append(h(kind === "rule" ? "hr" : "div", { class: `md-${kind} h${level}`, ...role }, ...words));
  }
  return { element };
}
