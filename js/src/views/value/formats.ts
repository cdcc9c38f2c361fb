import { div, FOCUSABLE, h, hasFocus, span } from "../../dom.js";
import { icon } from "../../icons.js";
import { visible } from "../../text.js";

const TABS = 3;

/** The formats that fit: the best as tabs, the others in a list. */
export function createFormats(choose: (format: string) => void): {
  element: HTMLElement;
  paint(formats: readonly string[], chosen: string): void;
} {
  const tabs = h("div", { role: "tablist", "aria-label": "Format" });
  const select = h("select", { "aria-label": "Other formats", ...FOCUSABLE });
  const rest = span("moreformats", select, icon("down"));
  const element = div("formats", tabs, rest);
  let shown = "";

  function paint(formats: readonly string[], chosen: string): void {
    const next = JSON.stringify([formats, chosen]);
    if (next === shown) return;
    shown = next;
    const focused = hasFocus(tabs);
    const at = formats.indexOf(chosen);
    const options = formats.map((name, i) => {
      const tag = i < TABS ? "button" : "option";
      const on = i === at;
      const tab = { role: "tab", "aria-selected": String(on), tabindex: on || (at >= TABS && !i) ? 0 : -1 };
      const attributes = i < TABS ? { ...tab, title: `Key ${i + 1}`, ...FOCUSABLE } : { value: name };
      // Sentence case, as all labels.
      return h(tag, attributes, visible(name.charAt(0).toUpperCase() + name.slice(1), 30));
    });
    for (const [i, tab] of options.slice(0, TABS).entries())
      tab.addEventListener("click", () => choose(formats[i]!));
    tabs.replaceChildren(...options.slice(0, TABS));
    rest.hidden = formats.length <= TABS;
    rest.classList.toggle("on", at >= TABS);
    select.replaceChildren(
      ...(at < TABS ? [h("option", { value: "", hidden: true }, "More")] : []),
      ...options.slice(TABS),
    );
    select.value = at < TABS ? "" : chosen;
    if (focused) tabs.querySelector<HTMLElement>("[tabindex='0']")?.focus();
  }

  tabs.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const all = [...tabs.children] as HTMLElement[];
    if (!by) return;
    event.preventDefault();
    all[all.indexOf(event.target as HTMLElement) + by]?.focus();
    all[all.indexOf(event.target as HTMLElement) + by]?.click();
  });
  select.addEventListener("change", () => choose(select.value));
  return { element, paint };
}
