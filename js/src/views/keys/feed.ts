import { h } from "../../dom.js";
import type { Link, View } from "../../link.js";
import type { KeyTableState } from "../../wire.gen.js";
import type { Frame } from "../frame.js";

/** The latest changes, newest first: `jump` opens a key by its id and shows its row. */
export function createFeed(
  _link: Link<KeyTableState>,
  _frame: Pick<Frame, "announce">,
  _jump: (id: number) => void,
): View {
  return { element: h("section", { class: "feed", "aria-label": "Latest changes" }), dispose() {} };
}
