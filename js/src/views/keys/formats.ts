import { FOCUSABLE, h } from "../../dom.js";
import { visible } from "../../text.js";

const TABS = 3;

export interface Formats {
  readonly element: HTMLElement;
  paint(formats: readonly string[], chosen: string): void;
}

/** The formats that fit: the best as tabs, the others in a list. */
export function createFormats(choose: (format: string) => void): Formats {
  const tabs = h("div", { role: "tablist", "aria-label": "Format" });
  const rest = h("select", { "aria-label": "Other formats", ...FOCUSABLE });
  const element = h("div", { class: "formats" }, tabs, rest);
  let shown: readonly string[] = [];
  let now = "";

  function paint(formats: readonly string[], chosen: string): void {
    if (JSON.stringify([formats, chosen]) === JSON.stringify([shown, now])) return;
    const root = element.getRootNode() as Document | ShadowRoot;
    const hadFocus = tabs.contains(root.activeElement);
    shown = formats;
    now = chosen;
    const first = formats.slice(0, TABS);
    const others = formats.slice(TABS);
    const listed = others.includes(chosen);
    tabs.replaceChildren(
      ...first.map((name, i) => {
        const on = name === chosen;
        const reached = on || (i === 0 && !first.includes(chosen));
        const tab = h(
          "button",
          {
            type: "button",
            role: "tab",
            "aria-selected": String(on),
            tabindex: reached ? 0 : -1,
            title: `${visible(name, 60)} (${i + 1})`,
            ...FOCUSABLE,
          },
          visible(name, 24),
        );
        tab.addEventListener("click", () => choose(name));
        return tab;
      }),
    );
    rest.hidden = others.length === 0;
    rest.classList.toggle("on", listed);
    rest.replaceChildren(
      ...(listed ? [] : [h("option", { value: "", hidden: true }, "More")]),
      ...others.map((name) => h("option", { value: name }, visible(name, 40))),
    );
    rest.value = listed ? chosen : "";
    if (hadFocus) tabs.querySelector<HTMLElement>("[tabindex='0']")?.focus();
  }

  tabs.addEventListener("keydown", (event) => {
    const by = { ArrowRight: 1, ArrowLeft: -1, Home: -TABS, End: TABS }[event.key];
    if (by === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    const names = shown.slice(0, TABS);
    const next = names[Math.min(Math.max(0, names.indexOf(now) + by), names.length - 1)];
    if (next !== undefined && next !== now) choose(next);
  });
  rest.addEventListener("change", () => choose(rest.value));
  return { element, paint };
}
