import { h } from "../../dom.js";
import type { Link, View } from "../../link.js";
import type { KeyTableState } from "../../wire.gen.js";

/** Where in the namespaces the list is; hidden where it is everywhere. `leave` takes the focus then. */
export function createCrumbs(_link: Link<KeyTableState>, _leave?: () => void): View {
  return { element: h("nav", { class: "crumbs", "aria-label": "Breadcrumbs", hidden: true }), dispose() {} };
}
