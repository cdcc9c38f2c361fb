import type { Link } from "../../link.js";
import type { KeyTableState } from "../../wire.gen.js";
import { createDialog } from "../dialog.js";
import type { Frame } from "../frame.js";
import { createKeyForm } from "./add.js";

/** The form for a new key, as a sheet. */
export function createKeySheet(
  link: Link<KeyTableState>,
  frame: Pick<Frame, "announce">,
  open: (id: number) => void,
): HTMLDialogElement {
  const form = createKeyForm(link, frame, () => dialog.close(), open);
  const dialog = createDialog("Add a key", form.element);
  return dialog;
}
