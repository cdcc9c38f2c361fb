import { h } from "../../dom.js";
import type { Link, View } from "../../link.js";
import type { KeyTableState } from "../../wire.gen.js";
import type { Frame } from "../frame.js";

/** The namespaces as a tree; the selected one is the query's. `leave` gives the focus back to the grid. */
export function createNamespaces(
  _link: Link<KeyTableState>,
  _frame: Pick<Frame, "announce">,
  _leave?: () => void,
): View & { focus(): void } {
  return { element: h("nav", { class: "names", "aria-label": "Namespaces" }), focus() {}, dispose() {} };
}
