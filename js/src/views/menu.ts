import { button, FOCUSABLE, h, setText, span } from "../dom.js";
import { createPopover } from "./popover.js";

export interface MenuItem {
  label: string;
  /** A shortcut, or why the item cannot be chosen. */
  hint?: string;
  disabled?: boolean;
  run(): void;
}

/** A menu of groups of items, made anew each time it is opened. */
export function createMenu(
  anchor: HTMLButtonElement,
  label: string,
  groups: () => [heading: string, items: MenuItem[]][],
): HTMLElement {
  anchor.ariaHasPopup = "menu";
  const box = h("div", { class: "menu", role: "menu", "aria-label": label, ...FOCUSABLE, tabindex: -1 });
  const popover = createPopover(anchor, box, {
    open() {
      box.replaceChildren(...groups().map(([heading, items]) => makeGroup(heading, items)));
      entries()[0]?.focus();
    },
  });
  const entries = () => [...box.querySelectorAll<HTMLElement>("[role=menuitem]")];

  function makeGroup(heading: string, items: MenuItem[]): HTMLElement {
    const head = h("div", { class: "q heading", role: "presentation" });
    setText(head, heading);
    head.hidden = heading === "";
    return h("div", { role: "group", "aria-label": heading || null }, head, ...items.map(makeItem));
  }

  function makeItem({ label: text, hint, disabled, run }: MenuItem): HTMLElement {
    return button(
      { class: "item", role: "menuitem", tabindex: -1, "aria-disabled": disabled ? "true" : null },
      () => {
        if (disabled) return;
        popover.close();
        anchor.focus();
        run();
      },
      h("span", {}, text),
      hint ? span("q", hint) : null,
    );
  }

  box.addEventListener("keydown", (event) => {
    const all = entries();
    const i = all.indexOf((box.getRootNode() as Document).activeElement as HTMLElement);
    const to = { ArrowDown: i + 1, ArrowUp: i - 1, Home: 0, End: -1 }[event.key];
    if (event.key === "Tab") popover.close();
    if (to === undefined) return;
    event.preventDefault();
    all.at(to % all.length)?.focus();
  });
  return popover.element;
}
