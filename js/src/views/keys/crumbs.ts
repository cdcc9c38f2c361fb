import { computed, effect } from "@preact/signals-core";
import { button, h } from "../../dom.js";
import { icon } from "../../icons.js";
import type { Link, View } from "../../link.js";
import { paintText, visible } from "../../text.js";
import type { KeyTableState } from "../../wire.gen.js";
import { pathOf } from "./path.js";

/** Where in the namespaces the list is; hidden where it is everywhere. `leave` takes the focus then. */
export function createCrumbs(link: Link<KeyTableState>, leave?: () => void): View {
  const list = h("ol");
  const element = h("nav", { class: "crumbs", "aria-label": "Breadcrumbs", hidden: true }, list);
  const path = computed(() => {
    const { query, delimiters } = link.state.value;
    return JSON.stringify(pathOf(query.namespace, delimiters));
  });

  function crumb(prefix: string, name: string, delimiter: string, last: boolean): HTMLElement {
    const text = h("bdi", { class: prefix ? "ell mono" : "ell" });
    paintText(text, name === "" ? "(empty)" : name, 200);
    const attributes = {
      class: "btn",
      title: prefix ? visible(prefix, 400) : null,
      "aria-current": last ? "location" : null,
    };
    const to = button(attributes, () => void narrow(prefix), text);
    const mark = delimiter ? h("span", { class: "q mono", "aria-hidden": "true" }, visible(delimiter)) : null;
    return h("li", {}, to, prefix ? mark : icon("right"));
  }

  function narrow(namespace: string): Promise<unknown> {
    return link.request("query", { namespace }).catch(() => {}); // the frame says that the kernel is gone
  }

  const stop = effect(() => {
    const steps = JSON.parse(path.value) as ReturnType<typeof pathOf>;
    const hadFocus = element.contains((element.getRootNode() as Document).activeElement);
    element.hidden = steps.length === 0;
    list.replaceChildren(
      crumb("", "All keys", "", false),
      ...steps.map(({ prefix, name, delimiter }, i) =>
        crumb(prefix, name, delimiter, i === steps.length - 1),
      ),
    );
    if (!hadFocus) return;
    if (element.hidden) leave?.();
    else list.querySelector<HTMLElement>("[aria-current]")?.focus();
  });
  return { element, dispose: stop };
}
