import type { Link } from "../../link.js";
import type { KeyTableState } from "../../wire.gen.js";
import type { Frame } from "../frame.js";
import { createValuePane } from "../value/pane.js";
import { createEdit } from "./edit.js";
import { createHead } from "./head.js";

/** The value of the open key, which can be edited. */
export function createKeyPane(link: Link<KeyTableState>, frame: Pick<Frame, "announce" | "copy">) {
  return createValuePane(link, frame, {
    head: createHead(link),
    edit: (open, edit, close) => createEdit(link, frame, open, edit, close),
  });
}
