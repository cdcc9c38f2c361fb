import { span } from "../dom.js";

const GAP = 4;
const EDGE = 8;

export interface Popover {
  /** The button and what it opens. */
  element: HTMLElement;
  box: HTMLElement;
  close(): void;
}

/** What a button opens, in the page's top layer: nothing clips it, Escape and a click elsewhere close it. */
export function createPopover(
  anchor: HTMLButtonElement,
  box: HTMLElement,
  on: { open?(): void; close?(): void } = {},
): Popover {
  box.setAttribute("popover", "auto");
  box.classList.add("pop");
  anchor.popoverTargetElement = box;
  anchor.ariaExpanded = "false";

  function place(): void {
    const at = anchor.getBoundingClientRect();
    const below = innerHeight - at.bottom - GAP - EDGE;
    const above = at.top - GAP - EDGE;
    const up = box.scrollHeight > below && above > below;
    box.style.maxHeight = `${Math.max(80, up ? above : below)}px`;
    const { width, height } = box.getBoundingClientRect();
    box.style.top = `${up ? at.top - GAP - height : at.bottom + GAP}px`;
    const left = at.left + width + EDGE > innerWidth ? at.right - width : at.left;
    box.style.left = `${Math.max(EDGE, left)}px`;
  }

  box.addEventListener("toggle", (event) => {
    const open = (event as ToggleEvent).newState === "open";
    anchor.ariaExpanded = String(open);
    const listen = open ? addEventListener : removeEventListener;
    listen("scroll", place, true);
    listen("resize", place);
    if (!open) {
      on.close?.();
      return;
    }
    on.open?.();
    place();
  });
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.defaultPrevented) {
      event.preventDefault();
      box.hidePopover();
      anchor.focus();
    }
    event.stopPropagation();
  });
  return {
    element: span("popping", anchor, box),
    box,
    close: () => box.hidePopover(),
  };
}
