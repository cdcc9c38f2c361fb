import { h } from "../../dom.js";
import type { Link, View } from "../../link.js";
import type { KeyTableState } from "../../wire.gen.js";
import type { Frame } from "../frame.js";

/** What takes the space: bytes by type and namespace, the largest and the busiest keys: `jump` opens a key by its id and shows its row. */
export function createSpace(
  _link: Link<KeyTableState>,
  _frame: Pick<Frame, "announce">,
  _jump: (id: number) => void,
): View {
  return { element: h("section", { class: "space", "aria-label": "Space" }), dispose() {} };
}
