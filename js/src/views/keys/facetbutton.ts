import { effect, type ReadonlySignal, signal } from "@preact/signals-core";
import { button, h } from "../../dom.js";
import { icon } from "../../icons.js";
import type { View } from "../../link.js";
import { createPopover } from "../popover.js";
import type { KeyQueries } from "./query.js";

/** The button that opens types and sizes, and says how many of them are in use. */
export function createFacetButton(
  query: KeyQueries,
  makeContent: (open: ReadonlySignal<boolean>) => View,
): View & { readonly open: ReadonlySignal<boolean> } {
  const open = signal(false);
  const anchor = button({ class: "btn icon", title: "Types and sizes" }, () => {}, icon("funnel"));
  const box = h("div", { class: "facets", role: "dialog", "aria-label": "Types and sizes" });
  const popover = createPopover(anchor, box, {
    open() {
      open.value = true;
    },
    close() {
      open.value = false;
    },
  });
  const content = makeContent(open);
  box.append(content.element);
  const stop = effect(() => {
    const { min_size: least, max_size: most, types } = query.value.value;
    const n = types.length + (least === null && most === null ? 0 : 1);
    anchor.classList.toggle("on", n > 0);
    anchor.ariaLabel = n > 0 ? `Types and sizes, ${n} in use` : "Types and sizes";
  });
  return {
    element: popover.element,
    open,
    dispose() {
      stop();
      content.dispose();
    },
  };
}
