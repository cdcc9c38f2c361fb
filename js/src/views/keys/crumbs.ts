import { computed, effect } from "@preact/signals-core";
import { button, h, hasFocus, span } from "../../dom.js";
import { icon } from "../../icons.js";
import type { Link, View } from "../../link.js";
import { paintText, visible } from "../../text.js";
import type { KeyTableState } from "../../wire.gen.js";
import { pathOf, type Step } from "./path.js";
import type { KeyQueries } from "./query.js";

const LAST = 4; // steps

/** Where in the namespaces the list is; hidden where it is everywhere. `leave` takes the focus then. */
export function createCrumbs(
  link: Link<KeyTableState>,
  query: Pick<KeyQueries, "value" | "set">,
  leave?: () => void,
): View {
  const list = h("ol");
  const element = h("div", { class: "crumbs", role: "group", "aria-label": "Breadcrumbs" }, list);
  const path = computed(() =>
    JSON.stringify(pathOf(query.value.value.namespace, link.state.value.delimiters)),
  );

  function crumb({ prefix, name, delimiter }: Step, i: number, steps: Step[]): HTMLElement {
    const text = h("bdi", { class: i ? "ell mono" : "ell" });
    paintText(text, name || "(empty)", 200);
    const current = i === steps.length - 1 ? "location" : null;
    return h(
      "li",
      {},
      button(
        { title: visible(prefix, 400), "aria-current": current },
        () => query.set({ namespace: prefix }),
        text,
        i > 0 && span("q mono", visible(delimiter)),
      ),
      i === 0 && icon("right"),
    );
  }

  const stop = effect(() => {
    const steps: Step[] = JSON.parse(path.value);
    const hadFocus = hasFocus(element);
    element.hidden = steps.length === 0;
    // Of many steps those before the last ones are one.
    const hidden = steps
      .splice(0, steps.length - LAST)
      .slice(-1)
      .map((step) => ({ ...step, name: "…" }));
    list.replaceChildren(
      ...[{ prefix: "", name: "All keys", delimiter: "" }, ...hidden, ...steps].map(crumb),
    );
    if (!hadFocus) return;
    if (element.hidden) leave?.();
    else list.querySelector<HTMLElement>("[aria-current]")!.focus();
  });
  return { element, dispose: stop };
}
